#!/usr/bin/env node
import { createBroadcaster } from '../client/index';
import { serviceAddress } from './calls/serviceAddress';
import { exitCodeOf } from './sms/exitCode';
import { explained } from './sms/explained';
import { readSmsCommand, type SmsOptions } from './sms/options';
import type { Output } from './sms/output';
import { runSms } from './sms/runSms';

const HELP = `Sends through a running service, and shows what became of it. Tables on a terminal, JSON in a pipe.

  preview                  what would be sent, and to whom not; sends nothing
  send                     the same, unless there is --yes
  send --yes DIGEST        sends exactly what the preview with this digest showed
  send --yes               sends without a look
  follow ID                shows the progress until nothing is left to send
  recipients ID            what became of each person; --status delivered
  pause ID, resume ID, cancel ID
  retry ID                 a new broadcast to those who failed; --yes and --yes DIGEST as with send
  opt-outs                 who must not be texted
  opt-outs add NUMBER      and opt-outs remove NUMBER; --note TEXT

What to send, and to whom:

  --message TEXT, --template NAME
  --to NUMBER              may be repeated
  --file PATH              .csv, .tsv, .ndjson, .xlsx, or one of them in .gz
  --list NAME, --except-list NAME
  --name, --sender, --topic, --send-at TIME, --default-country US
  --skip-invalid           bad numbers do not keep the others from being sent to
  --follow                 after sending, shows the progress
  --idempotency-key KEY    the same key with the same request never sends twice

  --url URL, --key KEY     of the service (SMS_URL, SMS_KEY)
  --json                   JSON on a terminal as well
  --help                   this text
`;

/** The key that is never printed, whatever is. */
let secret: string | undefined;

async function main(): Promise<void> {
  const command = readSmsCommand(HELP);
  if (command === null) return;
  const address = serviceAddress(command.options);
  secret = address.key;
  process.exitCode = await runSms(command, createBroadcaster(address), outputFor(command.options));
}

const outputFor = ({ json }: SmsOptions): Output => ({
  isForPeople: process.stdout.isTTY && json !== true,
  columns: process.stdout.columns,
  write: (text) => process.stdout.write(text),
});

// `sms recipients ID | head` has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

main().catch((error: unknown) => {
  console.error(explained(error, HELP, secret));
  process.exitCode = exitCodeOf(error);
});
