import { setTimeout as sleepFor } from 'node:timers/promises';
import { readRecipients } from '../../calls/recipientPages';
import type { Caller, Posted } from './caller';
import type { Choices } from '../choices';
import type { Ledger } from './ledger';
import type { Stage, StartOptions } from '../stage/stage';
import { SMALLEST_BATCH } from '../stage/unlikeSettings';

/** One broadcast of a round and what is done to it. */
export type Plan = {
  readonly kind: 'plain' | 'personal' | 'single' | 'refused' | 'cancelled' | 'paused' | 'twin';
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
const textOf = ({ key }: Pick<Plan, 'key'>): string => `Crash test ${key}`;

const codeOf = (number: string): string => number.slice(-6);

/** What one person is to read. */
export const textFor = (plan: Plan, number: string): string =>
  plan.kind === 'personal' ? `${textOf(plan)} ${codeOf(number)}` : textOf(plan);

const STARTS_WITHIN_MS = 1200;
const INVALID_PEOPLE = 2;
/** A call for each of them. */
const PERSONAL_PEOPLE = 120;

/** Several broadcasts of different kinds, together `recipients` people who were never texted before. */
export function planBroadcasts({ choices, ledger, start }: Context, round: string, recipients: number): Plan[] {
  const kinds: Plan['kind'][] = ['plain', choices.pick(['plain', 'paused', 'cancelled'])];
  if (choices.chance(0.6)) kinds.push('single');
  if (choices.chance(0.3)) kinds.push('refused');
  if (choices.chance(0.4)) kinds.push('personal');
  const large = kinds.filter((kind) => isLarge(kind)).length;
  const sizeOf = (kind: Plan['kind']) => {
    if (kind === 'personal') return PERSONAL_PEOPLE;
    return isLarge(kind) ? Math.ceil(recipients / large) : choices.between(1, SMALLEST_BATCH);
  };
  const plans = kinds.map((kind, index): Plan => {
    const numbers = ledger.freshNumbers(sizeOf(kind));
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

const isLarge = (kind: Plan['kind']): boolean => !['single', 'refused', 'personal'].includes(kind);

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
    bodyOf(plan, [...plan.numbers, ...repeated]),
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

function bodyOf(plan: Plan, numbers: readonly string[]): object {
  if (plan.kind !== 'personal') return { recipients: numbers, message: textOf(plan) };
  return {
    recipients: numbers.map((number) => ({ to: number, code: codeOf(number) })),
    message: `${textOf(plan)} {{code}}`,
  };
}

/** In words: how many were sent what is not for them. Nothing else is ever sent to those who have a text of their own. */
export function wrongTexts({ stage }: Pick<Context, 'stage'>, { plan }: Sent): string[] {
  if (plan.kind !== 'personal') return [];
  const isWrong = (number: string) =>
    stage.simulator.textsOf(number).some(({ text }) => text !== textFor(plan, number));
  const wrong = plan.numbers.filter(isWrong).length;
  return wrong === 0 ? [] : [`${wrong} people have a text that is not theirs`];
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
