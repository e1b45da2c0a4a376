import fc from 'fast-check';
import type { Hints } from './fitting';
import type { Known } from '../known';

const DAY_MS = 86_400_000;
const TEXTS = ['Doors open at 9.', 'Hi {{name|there}}!', 'Grüße ☃', 'Your code is {{code}}', 'x'.repeat(500)];
/** To write these for one person takes as long as the usual text for a thousand, with `gsm`. */
const DEAR_TEXT = '{{name|’}}'.repeat(100);
const DEAR_NAME = '👩🏽e\u0302\u0301'.repeat(8);

/** Of what there is in the service, and of what it reads a meaning into. */
export function hintsFor({ now, numbers, lists, templates }: Known): Hints {
  const known = fc.constantFrom(...numbers);
  const number = fc.oneof(
    known,
    fc.integer({ min: 5_551_000, max: 5_559_999 }).map((end) => `+1415${end}`),
  );
  const digits = number.map((written) => written.slice(1));
  const soon = fc.integer({ min: 1, max: 29 }).map((days) => new Date(now + days * DAY_MS).toISOString());
  const entry = fc.oneof(number, fc.record({ to: number, name: fc.constantFrom('Ann', 'Bob', '', DEAR_NAME) }));
  const few = fc.array(entry, { minLength: 1, maxLength: 8 });
  const many = fc.array(entry, { minLength: 200, maxLength: 400 });
  return {
    texts: {
      to: number,
      number,
      To: digits,
      From: digits,
      Text: fc.constantFrom('STOP', 'start', 'Help', 'Stopp bitte', 'see you'),
      MessageUUID: fc.uuid(),
      Status: fc.constantFrom('sent', 'delivered', 'undelivered', 'failed', 'queued', 'rejected'),
      Sequence: fc.constantFrom('1', '2'),
      message: fc.oneof(
        fc.constantFrom(...TEXTS, DEAR_TEXT),
        fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }),
      ),
      template: fc.constantFrom(...templates),
      sender: fc.constantFrom('+14155550100', 'ACME', '12345'),
      sendAt: soon,
      sendAtLocal: soon.map((at) => at.slice(0, 16)),
      quietHours: fc.constantFrom('21:00-08:00', 'off', '00:00-23:59'),
      defaultCountry: fc.constantFrom('US', 'gb', 'DE', 'SE'),
      charset: fc.constantFrom('windows-1252', 'utf-8', 'utf-16le', 'ebcdic'),
      column: fc.constantFrom('phone', '1', '2', 'to'),
      sheet: fc.constantFrom('1', 'Sheet1'),
      canary: fc.constantFrom('{"recipients":1}', '{"recipients":2,"waitSeconds":1}', '{'),
    },
    arrays: {
      to: fc.array(number, { minLength: 1, maxLength: 3 }),
      recipients: fc.oneof({ weight: 30, arbitrary: few }, { weight: 1, arbitrary: many }),
      lists: fc.array(fc.constantFrom(...lists), { minLength: 1, maxLength: 2 }),
      exceptLists: fc.array(fc.constantFrom(...lists), { maxLength: 1 }),
    },
  };
}
