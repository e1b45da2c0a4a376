import type { Chance } from '../clockwork/chance';
import type { Life, Timeline } from '../clockwork/timeline';
import { settlingOf, timedOut, type Settling } from './answers';
import type { CallFate } from './callFates';
import type { Line } from './line';
import type { SendCall } from './message';
import type { ListFields } from './messageListing';
import type { PlivoAccount } from './plivoAccount';

/** What a process has in hand: it looks like the SDK's client. */
export type PlivoSdk = {
  readonly messages: {
    create(
      src: string | null,
      dst: string,
      text: string,
      fields: Record<string, unknown>,
      powerpackUuid: string | null,
    ): Promise<unknown>;
    list(fields: Record<string, string | number>): Promise<unknown>;
  };
  readonly accounts: { get(): Promise<unknown> };
  readonly pricings: { get(country: string): Promise<unknown> };
};

export type PlivoSdkDeps = {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly life: Life;
  readonly timeoutMs: number;
  readonly line: Line;
  readonly account: PlivoAccount;
  readonly answerList: (fields: ListFields) => Settling;
  /** The text that is kept of what a call tells these people (digits). */
  readonly textOf: (told: string, to: readonly string[]) => string;
  /** Told of every send call as it is made; says what becomes of it. */
  readonly fateOf: (call: SendCall) => CallFate | null;
  /** Told of the call that was made last where its end will say nothing. */
  readonly onLoss: () => void;
};

const LATENCY_MS = { from: 5, to: 300 } as const;

/** The SDK and the network: a request leaves in the moment of the call, and no process can take it back. */
export function createPlivoSdk(deps: PlivoSdkDeps): PlivoSdk {
  const { timeline, chance, life, line, account } = deps;
  const latencyMs = () => chance.anyMagnitude(LATENCY_MS.from, LATENCY_MS.to);

  /** `arrive` settles the request, at once or never; the process hears of it, or of the end of its patience. */
  function request(delayMs: number, arrive: () => Settling): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const end = ({ kind, ...settling }: Settling) => {
        patience.cancel();
        if (kind === 'resolves' && 'value' in settling) resolve(settling.value);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the SDK does
        else if (kind === 'rejects' && 'reason' in settling) reject(settling.reason);
      };
      const patience = timeline.after(deps.timeoutMs, life, () => end(timedOut(deps.timeoutMs)));
      timeline.after(delayMs, null, () => {
        const settling = arrive();
        timeline.stir();
        if (settling.kind !== 'silence') timeline.after(latencyMs(), life, () => end(settling));
      });
    });
  }

  function send(call: SendCall): Promise<unknown> {
    const fate = deps.fateOf(call);
    const way = line.way('send', timeline.now());
    if (way.kind === 'blocked' ? way.isLoss : fate !== null) deps.onLoss();
    if (way.kind === 'blocked') {
      return request(way.isAtOnce ? 1 : latencyMs(), () => {
        if (way.isTaken) account.take(call);
        return way.settling;
      });
    }
    if (fate === null) return request(latencyMs(), () => account.take(call));
    if (fate.kind === 'lost request') return request(latencyMs(), () => settlingOf(fate.loss));
    if (fate.kind === 'late')
      return request(Math.max(1, deps.timeoutMs + fate.pastTimeoutMs), () => account.take(call));
    return request(latencyMs(), () => {
      const { kind } = account.take(call, fate.share);
      return kind === 'resolves' ? settlingOf(fate.loss) : settlingOf('reset');
    });
  }

  return {
    messages: {
      create(src, dst, told, fields, powerpackUuid) {
        const to = dst.split('<').map(digitsOf);
        return send({
          from: src === null ? null : digitsOf(src),
          powerpackUuid,
          to,
          text: deps.textOf(told, to),
          callbackUrl: typeof fields['url'] === 'string' ? fields['url'] : null,
        });
      },
      list(fields) {
        const way = line.way('list', timeline.now());
        return request(latencyMs(), () => (way.kind === 'blocked' ? way.settling : deps.answerList(fields)));
      },
    },
    pricings: { get: () => request(latencyMs(), () => settlingOf('reset')) },
    accounts: { get: () => request(latencyMs(), () => ({ kind: 'resolves', value: { cashCredits: '1000.00000' } })) },
  };
}

const digitsOf = (number: string): string => number.replace(/\D/g, '');
