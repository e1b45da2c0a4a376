import { ENV_NAMES, readAs, specOf, type EnvName } from './envSpec';
import { projectFile } from './projectFile';

type Entry = { name: string; value: string; isCommentedOut: boolean; comment: string };

/** Every `NAME=value` line with the comment lines right above it. */
function entries(): Entry[] {
  const found: Entry[] = [];
  let comment: string[] = [];
  for (const line of projectFile('.env.example').split('\n')) {
    const [, mark, name, value] = /^(#?)([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name !== undefined)
      found.push({ name, value: value ?? '', isCommentedOut: mark === '#', comment: comment.join(' ') });
    comment = name === undefined && line.startsWith('# ') ? [...comment, line.slice(2)] : [];
  }
  return found;
}

const entryOf = (name: EnvName) => entries().find((entry) => entry.name === name)!;

describe('.env.example', () => {
  it('names every variable of config/env.ts once, and no other', () => {
    expect(
      entries()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...ENV_NAMES].sort());
  });

  it.each(ENV_NAMES)('says of %s what config/env.ts says', (name) => {
    expect(entryOf(name).comment).toBe(specOf(name).desc);
  });

  it.each(ENV_NAMES)('shows the default of %s', (name) => {
    expect(readAs(name, entryOf(name).value)).toEqual(specOf(name).default);
  });

  it.each(ENV_NAMES.filter((name) => 'default' in specOf(name) && name !== 'PLIVO_SENDER_ID'))(
    'leaves %s, which is optional, commented out',
    (name) => {
      expect(entryOf(name).isCommentedOut).toBe(true);
    },
  );

  it.each(['PLIVO_AUTH_ID', 'PLIVO_AUTH_TOKEN', 'PLIVO_SENDER_ID'] as const)('asks for %s', (name) => {
    expect(entryOf(name)).toMatchObject({ isCommentedOut: false, value: '' });
  });
});
