import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BATCH_STATUSES } from '../../src/domain/states/batchState';
import { BROADCAST_STATUSES } from '../../src/domain/states/broadcastState';
import { RECIPIENT_STATUSES } from '../../src/domain/states/recipientState';
import { ENV_NAMES, readAs, specOf, type EnvName } from './envSpec';
import { projectFile, ROOT, sectionOf, tableRows } from './projectFile';

const readme = projectFile('README.md');
const scripts = Object.keys((JSON.parse(projectFile('package.json')) as { scripts: object }).scripts);

describe('the commands in the README', () => {
  const named = [...readme.matchAll(/npm (?:run )?(?:--silent )?([a-z][\w:-]*)/g)]
    .map(([, script = '']) => script)
    .filter((script) => !['ci', 'install'].includes(script));

  it('are all in package.json', () => {
    expect([...new Set(named)].filter((script) => !scripts.includes(script))).toEqual([]);
  });

  it('leave no script of package.json out', () => {
    expect(scripts.filter((script) => !named.includes(script))).toEqual([]);
  });
});

describe('the environment table in the README', () => {
  const rows = new Map(
    tableRows(sectionOf(readme, '### Environment')).map(({ name, cells }) => [name as EnvName, cells]),
  );

  it('has every variable of config/env.ts, and no other', () => {
    expect([...rows.keys()].sort()).toEqual([...ENV_NAMES].sort());
  });

  it.each(ENV_NAMES)('shows default and meaning of %s', (name) => {
    const [shown = '', meaning] = rows.get(name)!;
    const spec = specOf(name);
    if ('default' in spec) expect(readAs(name, shown.replaceAll('`', '').replace('–', ''))).toEqual(spec.default);
    else expect(shown).toBe('required');
    expect(meaning).toBe(spec.desc);
  });
});

describe('the states in the README', () => {
  const section = sectionOf(readme, '## What the states mean');

  it.each([...BROADCAST_STATUSES, ...BATCH_STATUSES, ...RECIPIENT_STATUSES])('explain "%s"', (status) => {
    expect(section).toContain(`\`${status}\``);
  });
});

describe('the paths in the README', () => {
  const table = sectionOf(readme, '## Where things are');
  const paths = [...readme.matchAll(/`((?:src|config|test|docs|\.ci)\/[\w./-]+)`/g)].map(([, path = '']) => path);
  const linked = [...readme.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = '']) => path);

  it.each([...new Set([...paths, ...linked])])('%s exists', (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });

  it('name every folder of src/', () => {
    for (const folder of ['routes', 'middleware', 'services', 'domain', 'store', 'simulator', 'cli']) {
      expect(table).toContain(`  ${folder}/`);
    }
  });
});
