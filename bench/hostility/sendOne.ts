import { exchange } from './exchange';
import type { FindingsKeeper } from './judging/findings';
import type { Input } from './making/input';
import { faultsIn } from './judging/judgement';

/** Sends one input and keeps what became of it. */
export async function sendOne(url: string, index: number, input: Input, findings: FindingsKeeper): Promise<void> {
  findings.begins(index, input);
  try {
    const outcome = await exchange(url, input);
    findings.ends(index, input, outcome, faultsIn(input, outcome));
  } catch (error) {
    findings.ends(index, input, null, [error instanceof Error ? error.message : String(error)]);
  }
}
