import { parseArgs } from 'node:util';
import { runSmoke } from './smoke/runSmoke';

const HELP = `Looks a running service over: one line per check, exit 0 when none failed, else 1.

  --url URL    where the service is, such as https://sms.example.com
  --key KEY    an API key of it
  --to NUMBER  texts this number for real, and follows the broadcast to its end; may be repeated
  --help       this text
`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help === true) {
    console.log(HELP);
    return;
  }
  const { url, key, to = [] } = flags;
  if (url === undefined || key === undefined) throw new UsageError('--url and --key are needed.');
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError('--url must begin with http:// or https://.');
  const isWell = await runSmoke({ url, key, to, print: (line) => console.log(line) });
  process.exitCode = isWell ? 0 : 1;
}

function readFlags() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      options: { url: text, key: text, to: { ...text, multiple: true }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(error instanceof UsageError ? `${message}\n\n${HELP}` : message);
  process.exitCode = 1;
});
