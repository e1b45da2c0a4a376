import { projectFile } from './projectFile';

const CHAPTERS = 17;
const STATES = ['yes', 'in part', 'no', 'n/a'];

type Row = { readonly ids: string; readonly levels: string; readonly state: string; readonly said: string };

const rows: Row[] = [...projectFile('docs/asvs.md').matchAll(/^\| (\d[\d.–]*) \| (.*?) \| (.*?) \| (.*) \|$/gm)].map(
  ([, ids = '', levels = '', state = '', said = '']) => ({ ids, levels, state, said }),
);
const endsOf = ({ ids }: Row) => ids.split('–').map((id) => id.split('.').map(Number));

describe('the list of what OWASP asks for', () => {
  it('goes on from one requirement to the next, each at one place', () => {
    const order = rows.flatMap((row) => endsOf(row).map(([a = 0, b = 0, c = 0]) => a * 1e6 + b * 1e3 + c));
    expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
    expect(new Set(rows.map(({ ids }) => ids.split('.')[0])).size).toBe(CHAPTERS);
  });

  it.each(rows.map((row) => [row.ids, row] as const))('%s says what is so, and where', (_ids, row) => {
    expect(STATES).toContain(row.state);
    expect(row.levels).toMatch(/^[12](, 2)?$/);
    if (row.state === 'yes' || row.state === 'in part')
      expect(row.said).toMatch(/`(src|config|test|docs|deploy|\.ci)\/[^`]+`|`[\w.-]+`|\]\(/);
  });
});
