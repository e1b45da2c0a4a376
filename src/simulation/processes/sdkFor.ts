import { readWording } from '../faults/wordings';
import type { Settling } from '../plivo/answers';
import { createPlivoSdk, type PlivoSdk } from '../plivo/plivoSdk';
import type { Ground } from '../ground/ground';
import { countFault } from '../ground/worldRecord';
import { createFates } from './fates';
import type { SimulatedProcess } from './simulatedProcess';

/** A process's way to the world's Plivo; what it does there is recorded. */
export function sdkFor(ground: Ground, life: SimulatedProcess, timeoutMs: number): PlivoSdk {
  const fates = createFates(ground.plan);
  const { timeline, chance, line, account, answerList, record, moments, trace } = ground;
  return createPlivoSdk({
    timeline,
    chance,
    life,
    timeoutMs,
    line,
    account,
    answerList(fields) {
      record.counts.listRequests++;
      const settling = answerList(fields);
      trace(life.name, 'asks the list', { ...fields, answer: shownList(settling) });
      return settling;
    },
    textOf(told, to) {
      const { text, isTheirs } = readWording(ground.plan, told, to);
      if (!isTheirs) record.surprises.push(`somebody is told what is not theirs: ${told}`);
      return text;
    },
    fateOf(call) {
      const number = moments.counted.calls + 1;
      const { fate, fault } = fates.get(number) ?? NO_FATE;
      if (fault !== null) countFault(record, fault.kind);
      record.calls.push({ ...call, number, at: timeline.now(), by: life.name, isLost: false });
      if (fate !== null && fate.kind === 'lost answer' && fate.share < 1) record.takenInPart.add(call.text);
      trace(life.name, `makes call ${number}`, { text: call.text, to: call.to, fate });
      moments.callMade(life);
      return fate;
    },
    onLoss() {
      const call = record.calls.at(-1);
      if (call !== undefined) call.isLost = true;
    },
  });
}

/** How much a page shows of how much there is. */
function shownList(settling: Settling): string {
  if (settling.kind !== 'resolves') return settling.kind;
  const page = settling.value as readonly unknown[] & { readonly meta: { readonly totalCount?: number } };
  return `${page.length} of ${page.meta.totalCount ?? 'many'}`;
}

const NO_FATE = { fate: null, fault: null } as const;
