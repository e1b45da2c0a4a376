import { runSmoke } from './smoke/runSmoke';
import { complaint, readOptions, TEXT, UsageError } from './terminal/commandLine';

const HELP = `Looks a running service over: one line per check, exit 0 when none failed, else 1.

  --url URL    where the service is, such as https://sms.example.com
  --key KEY    an API key of it
  --to NUMBER  texts this number for real, and follows the broadcast to its end; may be repeated
  --help       this text
`;

async function main(): Promise<void> {
  const flags = readOptions(HELP, { url: TEXT, key: TEXT, to: { ...TEXT, multiple: true } });
  if (flags === null) return;
  const { url, key, to = [] } = flags;
  if (url === undefined || key === undefined) throw new UsageError('--url and --key are needed.');
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError('--url must begin with http:// or https://.');
  const isWell = await runSmoke({ url, key, to, print: (line) => console.log(line) });
  process.exitCode = isWell ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(complaint(error, HELP));
  process.exitCode = 1;
});
