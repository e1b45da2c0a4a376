import { setTimeout as sleepFor } from 'node:timers/promises';
import request from 'supertest';
import { get } from '../../support/client';
import { expectNothingUnforeseen, expectProblem } from '../../support/problem';
import { API_KEY, startTestService, type TestService } from '../../support/testService';
import { workbookOf, zipOf, type ZipPart } from '../../support/zip';

const A = '+14155550101';
const text = (reference: string, value: string) => `<c r="${reference}" t="inlineStr"><is><t>${value}</t></is></c>`;
const LIST = `<row r="1">${text('A1', 'phone')}</row><row r="2">${text('A2', A)}</row>`;

function* again(piece: string, times: number, before = '', after = ''): Generator<Buffer> {
  yield Buffer.from(before);
  const bytes = Buffer.from(piece.repeat(1000));
  for (let written = 0; written < times; written += 1000) yield bytes;
  yield Buffer.from(after);
}

/** A million cells that were formatted and hold nothing, above and below one number. */
function* emptyCells(): Generator<Buffer> {
  yield Buffer.from(LIST);
  for (let row = 3; row < 10_003; row += 100)
    yield Buffer.from(
      Array.from({ length: 100 }, (_, index) => `<row r="${row + index}">${'<c s="1"/>'.repeat(100)}</row>`).join(''),
    );
}

const bomb = (name: string, content: () => Iterable<Buffer>): ZipPart => ({ name, content });
const ENTITIES = `<!DOCTYPE x [<!ENTITY a "${A.repeat(1000)}">${'bcdefghij'.replace(/./g, (name) => `<!ENTITY ${name} "${`&${String.fromCharCode(name.charCodeAt(0) - 1)};`.repeat(100)}">`)}]>`;

const ASKS_EVERY_MS = 10;
/** Others are answered within this, milliseconds: what takes turns is far below, what does not takes seconds. */
const LONGEST_WAIT = 200;

describe('A workbook that is made to do harm', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterEach(() => {
    expect(test.simulator.calls()).toEqual([]);
    expectNothingUnforeseen(test);
  });
  afterAll(() => test.stop());

  const preview = (file: Buffer) =>
    request(test.url)
      .post('/broadcast/preview')
      .set('x-api-key', API_KEY)
      .field('message', 'Hi')
      .attach('recipients', file, 'list.xlsx');

  /** What the upload was answered, and how long nine of ten others waited meanwhile, milliseconds. */
  async function beside(file: Buffer) {
    const progress = { isOver: false };
    const answer = preview(file).then((response) => {
      progress.isOver = true;
      return response;
    });
    const waits: number[] = [];
    while (!progress.isOver) {
      const asked = { at: performance.now(), cpu: process.cpuUsage() };
      await get(test, '/health/live').expect(200);
      // What this process works meanwhile counts, and not what others on the machine do.
      const { user, system } = process.cpuUsage(asked.cpu);
      waits.push(Math.min(performance.now() - asked.at, (user + system) / 1000));
      // Asked without a pause, the questions were a third of the work.
      await sleepFor(ASKS_EVERY_MS);
    }
    const response = await answer;
    // The slowest may be the machine's doing: other work, or a collection of garbage.
    return { response, longest: waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.9)] ?? 0 };
  }

  it.each<[string, () => Promise<Buffer>]>([
    ['40 MB of blanks in its sheet', () => workbookOf(() => again(' '.repeat(1000), 40_000, LIST))],
    ['two million rows', () => workbookOf(() => again('<row/>', 2_000_000, LIST))],
    [
      'one cell of 30 MB',
      () => workbookOf(() => again(A.repeat(10), 250_000, '<row><c t="str"><v>', '</v></c></row>')),
    ],
    [
      'two million texts that no cell refers to',
      () =>
        workbookOf(LIST, [bomb('xl/sharedStrings.xml', () => again('<si><t/></si>', 2_000_000, '<sst>', '</sst>'))]),
    ],
    ['tags that nest a million deep', () => workbookOf(() => again('<a>', 1_000_000))],
    ['entities that grow a hundredfold each', () => workbookOf(`${ENTITIES}<row><c t="str"><v>&j;</v></c></row>`)],
    ['a size that is a lie', () => zipOf([{ name: 'xl/workbook.xml', content: 'x'.repeat(100_000) }], 10)],
  ])('is refused in bounded time, and nobody else waits: %s', async (_what, make) => {
    const file = await make();
    const before = process.memoryUsage().rss;
    const { response, longest } = await beside(file);
    expectProblem(response, 400);
    expect(response.body.detail).toMatch(/The file .*(CSV|list)/);
    expect(longest).toBeLessThan(LONGEST_WAIT);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 ** 2);
  });

  it('is read where there is a list in it: beside a million empty cells', async () => {
    const { response, longest } = await beside(await workbookOf(emptyCells));
    expect(response.body).toMatchObject({ recipients: { submitted: 1, accepted: 1, invalid: 0 } });
    expect(longest).toBeLessThan(LONGEST_WAIT);
  });
});
