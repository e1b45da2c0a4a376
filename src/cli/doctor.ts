import { inheritedEnv, readEnv } from '../../config/env';
import { resolveByDns } from './doctor/asking/askWeb';
import { runDoctor } from './doctor/runDoctor';
import { complaint, FLAG, readOptions } from './terminal/commandLine';

const HELP = `Asks Plivo and ourselves whether sending will work, by the configuration of the service: one line each, with the remedy.
Sends nothing and changes nothing; run it where the service runs.

  --json     for programs
  --help     this text

✓ well  ✗ to be mended  ? could not be asked  – nothing to ask
Exit 0: nothing to mend; 1: something is; 2: nothing is known to be wrong, but something could not be asked.
`;

const TIMEOUT_MS = 5000;

async function main(): Promise<void> {
  const flags = readOptions(HELP, { json: FLAG });
  if (flags === null) return;
  const { NO_COLOR: noColour = '' } = inheritedEnv();
  process.exitCode = await runDoctor({
    readEnv,
    asking: { timeoutMs: TIMEOUT_MS, resolve: resolveByDns, clock: Date.now },
    asJson: flags.json === true,
    hasColours: process.stdout.isTTY && noColour === '',
    print: (line) => console.log(line),
  });
  // A database that never answers keeps its connection open. Nobody waits for that.
  setTimeout(() => process.exit(), TIMEOUT_MS).unref();
}

main().catch((error: unknown) => {
  console.error(complaint(error, HELP));
  process.exitCode = 1;
});
