import { createApiClient } from '../calls/apiClient';
import { broadcastChecks } from './broadcastCheck';
import { failed, harmlessChecks, type Check, type CheckResult } from './checks';

export type SmokeOptions = {
  readonly url: string;
  readonly key: string;
  /** Who gets a real text; with nobody, no broadcast is sent. */
  readonly to: readonly string[];
  readonly print: (line: string) => void;
  /** For one call, and for following the broadcast. */
  readonly callTimeoutMs?: number;
  readonly followMs?: number;
};

const MARKS = { passed: '✓', failed: '✗', skipped: '–' } as const;

/** Looks a running service over, one line per check. Returns true when no check failed. */
export async function runSmoke(options: SmokeOptions): Promise<boolean> {
  const { url, key, to, print, callTimeoutMs = 10_000, followMs = 60_000 } = options;
  const api = createApiClient({ url, timeoutMs: callTimeoutMs });
  const checks = [...harmlessChecks(api, key), ...broadcastChecks({ api, key, to, followMs })];
  let failures = 0;
  for (const check of checks) {
    const { kind, note } = await resultOf(check);
    if (kind === 'failed') failures += 1;
    print(`${MARKS[kind]} ${check.name}${note === '' ? '' : `: ${note.replaceAll(key, '[key]')}`}`);
  }
  print(failures === 0 ? 'All checks passed.' : `${failures} check(s) failed.`);
  return failures === 0;
}

async function resultOf(check: Check): Promise<CheckResult> {
  try {
    return await check.run();
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}
