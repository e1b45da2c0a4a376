import { ENV_NAMES, readAs, specOf, type EnvName } from './envSpec';
import { projectFile, sectionOf, tableRows } from './projectFile';

describe('the variables in docs/configuration.md', () => {
  const listed = tableRows(sectionOf(projectFile('docs/configuration.md'), '## Variables'));
  const rows = new Map(listed.map(({ name, cells }) => [name as EnvName, cells]));

  it('are those of config/env.ts, each once, and no other', () => {
    expect(listed.map(({ name }) => name).sort()).toEqual([...ENV_NAMES].sort());
  });

  it.each(ENV_NAMES)('show default and meaning of %s', (name) => {
    const [shown = '', meaning] = rows.get(name)!;
    const spec = specOf(name);
    if ('default' in spec) expect(readAs(name, shown.replaceAll('`', '').replace('–', ''))).toEqual(spec.default);
    else expect(shown).toBe('required');
    expect(meaning).toBe(spec.desc);
  });
});
