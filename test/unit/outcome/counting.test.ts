import fc from 'fast-check';
import {
  aroundLost,
  clustersOf,
  halfway,
  judgeSpan,
  spanOf,
  type CountedCall,
  type CountVerdict,
} from '../../../src/domain/outcome/counting';

const known = (from: number, to: number, least: number, most = least): CountedCall<string> => ({
  kind: 'known',
  from,
  to,
  least,
  most,
});
const lost = (from: number, to: number, people: number, name: string): CountedCall<string> => ({
  kind: 'lost',
  from,
  to,
  people,
  lost: name,
});

describe('calls gathered in time', () => {
  it('stand together where they overlap, or where less time than the clocks may differ lies between them', () => {
    const clusters = clustersOf(
      [lost(500, 600, 7, 'b'), known(0, 100, 5), known(90, 200, 6), lost(230, 300, 8, 'a')],
      50,
    );
    expect(clusters).toEqual([
      { from: 0, to: 300, least: 11, most: 11, lost: ['a'], people: 8 },
      { from: 500, to: 600, least: 0, most: 0, lost: ['b'], people: 7 },
    ]);
  });

  it('end midway to the next ones, and half a minute off where there is none', () => {
    const clusters = clustersOf([known(1000, 1100, 1), lost(2000, 2100, 1, 'a'), known(9000, 9100, 1)], 50);
    expect(spanOf(clusters, 1, 1)).toEqual({ from: 1550, to: 5550 });
    expect(spanOf(clusters, 0, 2)).toEqual({ from: 1000 - 30_000, to: 9100 + 30_000 });
  });

  it('are counted with those near the lost ones, so that the count holds nothing unknown and reaches half a minute beyond them', () => {
    expect(aroundLost(clustersOf([known(0, 100, 5)], 50))).toBeNull();
    const call = fc.tuple(fc.nat(300_000), fc.nat(5000), fc.boolean());
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 20 }), (drawn) => {
        const calls = drawn.map(([from, length, isLost], at) =>
          isLost ? lost(from, from + length, 1, String(at)) : known(from, from + length, 1),
        );
        const clusters = clustersOf(calls, 50);
        const range = aroundLost(clusters);
        if (range === null) {
          expect(calls.every(({ kind }) => kind === 'known')).toBe(true);
          return;
        }
        const span = spanOf(clusters, range.first, range.last);
        const isWithin = ({ from, to }: { from: number; to: number }) => from >= span.from && to <= span.to;
        const isBeside = ({ from, to }: { from: number; to: number }) => to < span.from || from > span.to;
        for (const [place, cluster] of clusters.entries())
          expect(place >= range.first && place <= range.last ? isWithin(cluster) : isBeside(cluster)).toBe(true);
        for (const { kind, from, to } of calls)
          if (kind === 'lost') expect(isWithin({ from: from - 30_000, to: to + 30_000 })).toBe(true);
      }),
    );
  });

  it('are cut so that both halves hold lost calls, about as many', () => {
    const clusters = clustersOf(
      [0, 1, 2, 3, 4, 5].map((at) =>
        at === 2 ? known(at * 1000, at * 1000, 1) : lost(at * 1000, at * 1000, 1, `${at}`),
      ),
      1,
    );
    expect(halfway(clusters, 0, 5)).toBe(3);
    expect(halfway(clusters, 1, 2)).toBeNull();
    expect(halfway(clusters, 1, 3)).not.toBeNull();
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 12 }), (counts) => {
        const built = counts.map((count, at) => ({
          from: at,
          to: at,
          least: 0,
          most: 0,
          people: 0,
          lost: Array.from({ length: count }, String),
        }));
        const cut = halfway(built, 0, built.length - 1);
        const hasLost = (part: typeof built) => part.some((cluster) => cluster.lost.length > 0);
        if (counts.filter((count) => count > 0).length < 2) expect(cut).toBeNull();
        else expect([hasLost(built.slice(0, cut!)), hasLost(built.slice(cut!))]).toEqual([true, true]);
      }),
    );
  });
});

describe('a span of time in which the list shows', () => {
  it.each<[what: string, listed: number, least: number, most: number, people: number, verdict: CountVerdict]>([
    ['just the messages that we know of', 30, 30, 30, 50, 'none'],
    ['nothing, and nothing was to be there', 0, 0, 0, 50, 'none'],
    ['those, and one for each person of the lost calls', 80, 30, 30, 50, 'all'],
    ['a few more', 31, 30, 30, 50, 'some'],
    ['more than can be explained', 81, 30, 30, 50, 'some'],
    ['less than we know of', 29, 30, 30, 50, 'untrusted'],
    ['what would fit, but not all of ours is known', 30, 30, 35, 50, 'some'],
  ])('%s: %d listed', (_, listed, least, most, people, verdict) => {
    expect(judgeSpan(listed, { least, most, people })).toBe(verdict);
  });
});
