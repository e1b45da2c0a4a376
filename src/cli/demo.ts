import { runDemo } from './demo/runDemo';
import { complaint, FLAG, readOptions, TEXT } from './terminal/commandLine';

const HELP = `Sends a broadcast to 2,500 people on this machine: the real service, a simulated Plivo, no account.

  --keep      leave everything running for a look around, until Ctrl-C
  --log FILE  keep the service's log, in full detail
  --help      this text
`;

async function main(): Promise<void> {
  const flags = readOptions(HELP, { keep: FLAG, log: TEXT });
  if (flags === null) return;
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  try {
    await runDemo({
      output: process.stdout,
      signal: interrupt.signal,
      keep: flags.keep === true,
      logFile: flags.log ?? null,
    });
  } catch (error) {
    const stopped = interrupt.signal.aborted;
    const message = error instanceof Error ? error.message : String(error);
    console.error(stopped ? '\nStopped; nothing is left of the demo.' : `\nThe demo failed: ${message}`);
    process.exitCode = stopped ? 130 : 1;
  }
}

main().catch((error: unknown) => {
  console.error(complaint(error, HELP));
  process.exitCode = 1;
});
