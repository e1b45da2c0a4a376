import { setTimeout as sleepFor } from 'node:timers/promises';
import { readRecipients } from '../../calls/recipientPages';
import type { Caller, Posted } from './caller';
import type { Choices } from '../choices';
import type { Ledger } from './ledger';
import type { Stage, StartOptions } from '../stage/stage';
import { SMALLEST_BATCH } from '../stage/unlikeSettings';

/** One broadcast of a round and what is done to it. */
export type Plan = {
  readonly kind: 'plain' | 'single' | 'refused' | 'cancelled' | 'paused' | 'twin';
  readonly key: string;
  readonly numbers: readonly string[];
  /** Plivo takes these for invalid and texts them never. */
  readonly invalid: readonly string[];
  readonly startsInMs: number;
};

export type Sent = { readonly plan: Plan; readonly posted: Posted };

type Context = {
  readonly stage: Stage;
  readonly choices: Choices;
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly start: StartOptions;
};

/** Each broadcast has a text of its own, by which the simulated Plivo can tell two to the same people apart. */
export const textOf = ({ key }: Pick<Plan, 'key'>): string => `Crash test ${key}`;

const STARTS_WITHIN_MS = 1200;
const INVALID_PEOPLE = 2;

/** Several broadcasts of different kinds, together `recipients` people who were never texted before. */
export function planBroadcasts({ choices, ledger, start }: Context, round: string, recipients: number): Plan[] {
  const kinds: Plan['kind'][] = ['plain', choices.pick(['plain', 'paused', 'cancelled'])];
  if (choices.chance(0.6)) kinds.push('single');
  if (choices.chance(0.3)) kinds.push('refused');
  const small = kinds.map((kind) => kind === 'single' || kind === 'refused');
  const large = small.filter((is) => !is).length;
  const plans = kinds.map((kind, index): Plan => {
    const size = small[index] === true ? choices.between(1, SMALLEST_BATCH) : Math.ceil(recipients / large);
    const numbers = ledger.freshNumbers(size);
    return {
      kind,
      key: `${round}-${index + 1}`,
      numbers,
      invalid: kind === 'plain' && index === 0 ? numbers.slice(-INVALID_PEOPLE) : [],
      startsInMs: choices.between(0, STARTS_WITHIN_MS),
    };
  });
  const [first] = plans;
  // Two texts that only delivery reports can tell apart: without them, nobody could say whether one got through.
  if (start.withReports && first !== undefined && choices.chance(0.3))
    plans.push({ ...first, kind: 'twin', key: `${round}-twin`, startsInMs: choices.between(0, STARTS_WITHIN_MS) });
  return plans;
}

/** Posts the broadcast when its time has come, and pauses or cancels it on the way. */
export async function carryOut(context: Context, plan: Plan): Promise<Sent> {
  const { stage, choices, caller } = context;
  const { simulator } = stage;
  if (plan.invalid.length > 0) simulator.settings.invalidNumbers.push(...plan.invalid);
  await sleepFor(plan.startsInMs);
  const [first] = plan.numbers;
  if (plan.kind === 'refused' && first !== undefined)
    simulator.addFault({ kind: 'status', status: 400, recipient: first, times: 0 });

  const repeated = choices.chance(0.3) ? plan.numbers.slice(0, 3) : [];
  const headers: Record<string, string> = choices.chance(0.3) ? { prefer: 'respond-async' } : {};
  const posted = await caller.post(
    { recipients: [...plan.numbers, ...repeated], message: textOf(plan) },
    plan.key,
    plan.kind === 'refused' ? { prefer: 'wait=3' } : headers,
  );
  if (posted.kind !== 'accepted') return { plan, posted };

  const control = (what: string) => caller.call('POST', `/broadcast/${posted.id}/${what}`);
  if (plan.kind === 'cancelled') {
    await sleepFor(choices.between(0, 300));
    await control('cancel');
  }
  if (plan.kind === 'paused') {
    await sleepFor(choices.between(0, 200));
    await control('pause');
    await sleepFor(choices.between(50, 500));
    await control('resume');
  }
  return { plan, posted };
}

/** Enters in the ledger what is owed now that the broadcast is over: who was cancelled or refused gets nothing. */
export async function enterOwed({ caller, ledger }: Context, { plan, posted }: Sent): Promise<void> {
  if (posted.kind !== 'accepted') return;
  const spared = new Set(plan.invalid);
  if (plan.kind === 'cancelled')
    for (const number of await withStatus(caller, posted.id, 'cancelled')) spared.add(number);
  if (plan.kind === 'refused') for (const number of await withStatus(caller, posted.id, 'failed')) spared.add(number);
  ledger.owe(plan.numbers.filter((number) => !spared.has(number)));
}

async function withStatus(caller: Caller, id: string, status: string): Promise<string[]> {
  const read = async (path: string) => (await caller.call('GET', path)).body;
  const lines = await readRecipients<{ recipient: string }>(read, id, status);
  return lines.map(({ recipient }) => recipient);
}
