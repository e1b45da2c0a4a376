import type { Response } from 'express';
import { sendFile } from '../../../src/routes/describing/fileAnswer';

type Done = (error?: Error) => void;

/** An answer whose file ends as it is told. */
const answer = (headersSent: boolean, error: Error | undefined) =>
  ({ headersSent, sendFile: (_path: string, _options: object, done: Done) => done(error) }) as unknown as Response;

const coded = (code: string) => Object.assign(new Error(code), { code });

describe('a file that could not be sent', () => {
  it.each<[what: string, headersSent: boolean, error: Error | undefined, isFault: boolean]>([
    ['was sent', true, undefined, false],
    ['had a caller who left before the answer began', false, coded('ECONNABORTED'), false],
    ['was cut off while it was sent', true, coded('EPIPE'), false],
    ['is not there', false, coded('ENOENT'), true],
  ])('that %s', (_what, headersSent, error, isFault) => {
    const faults: unknown[] = [];
    sendFile(answer(headersSent, error), '/page.html', 'no-cache', (fault) => faults.push(fault));
    expect(faults).toEqual(isFault ? [error] : []);
  });
});
