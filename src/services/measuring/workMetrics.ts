import { Counter, Histogram, type Registry } from 'prom-client';
import type { DeliveryReport } from '../../domain/outcome/deliveryReport';
import type { SendOutcome } from '../../domain/outcome/sendOutcome';
import { OPT_OUT_SOURCES, type OptOutSource } from '../../domain/states/optOut';
import { REPORTED_STATUSES } from '../../domain/states/recipientState';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../../domain/states/webhookEvent';
import type { ReportResult } from '../../store/hearing/reportGroup';

/** An answered request; `route` is its pattern, as addresses hold numbers. */
export type Answered = {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
};

type Outcome = SendOutcome['kind'];
/** `failed`: it could not be kept, and Plivo sends it again. */
type Result = ReportResult | 'failed';

/** What this process tells of its work, each time after it was done. */
export type WorkMetrics = {
  readonly answered: (request: Answered) => void;
  plivoCalled(outcome: Outcome, seconds: number): void;
  /** Something else than a call that sends: what was asked for, and whether it was told. */
  plivoAsked(what: 'account' | 'messages', outcome: 'answered' | 'refused', seconds: number): void;
  /** `lagMs`: since what it tells of; null where it does not say when. */
  reported(report: DeliveryReport, result: Result, lagMs: number | null): void;
  /** So many people are on the opt-out list who were not. Of `plivo`, those of whom a report says so. */
  optedOut(source: OptOutSource, people: number): void;
  /** A text came in; null: it was taken for no keyword. */
  textCameIn(keyword: string | null): void;
  /** How a try to tell a webhook ended; `pending`: it is tried again. */
  webhookTried(status: DeliveryStatus): void;
  /** Texts of the account are asked for from one more address that none of ours came from. */
  readonly strangerSeen: () => void;
};

const OUTCOMES: Readonly<Record<Outcome, true>> = {
  accepted: true,
  refused_for_now: true,
  refused_for_good: true,
  account_fault: true,
  forbidden: true,
  not_made: true,
  unknown: true,
};

const RESULTS: Readonly<Record<Result, true>> = {
  applied: true,
  ignored: true,
  unknown_token: true,
  unknown_recipient: true,
  failed: true,
};

const SECONDS = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 10, 30];
/** A report may be of a text that a phone got when it was turned on again, or come after hours in which nobody heard it. */
const LAG_SECONDS = [0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200, 21_600];

export function measureWork(registers: Registry[]): WorkMetrics {
  const duration = (name: string, help: string, labelNames: string[], buckets = SECONDS) =>
    new Histogram({ name: `${name}_seconds`, help, labelNames, buckets, registers });
  const total = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `broadcaster_${name}_total`, help, labelNames, registers });
  const requests = duration('http_request_duration', 'Answered requests by method, route and status', [
    'method',
    'route',
    'status',
  ]);
  const calls = duration('plivo_call_duration', 'Calls that send, by what became of them', ['outcome']);
  const asked = duration('plivo_lookup_duration', 'Questions to Plivo: of the account, of its message list', [
    'what',
    'outcome',
  ]);
  const reports = total('delivery_reports', 'Delivery reports by what they say and what became of them', [
    'status',
    'result',
  ]);
  const lag = duration(
    'broadcaster_delivery_report_lag',
    'From what a delivery report tells of, by the clock of Plivo, until it was kept',
    [],
    LAG_SECONDS,
  );
  const optOuts = total('opt_outs', 'People who came onto the opt-out list, by who said so', ['source']);
  const texts = total('inbound_texts', 'Texts that came in, by the keyword that they were taken for', ['keyword']);
  const strangers = total('stranger_addresses', 'Addresses that others used the account from', []);
  const webhooks = total('webhook_tries', 'Tries to tell a webhook, by what it then was', ['status']);
  // From the start: what appears with a 1 has not grown, for who asks how much it grew.
  for (const outcome of Object.keys(OUTCOMES)) calls.zero({ outcome });
  for (const status of REPORTED_STATUSES) for (const result of Object.keys(RESULTS)) reports.inc({ status, result }, 0);
  for (const source of OPT_OUT_SOURCES) optOuts.inc({ source }, 0);
  for (const status of DELIVERY_STATUSES) webhooks.inc({ status }, 0);
  return {
    answered: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    plivoCalled: (outcome, seconds) => calls.observe({ outcome }, seconds),
    plivoAsked: (what, outcome, seconds) => asked.observe({ what, outcome }, seconds),
    reported({ status }, result, lagMs) {
      reports.inc({ status, result });
      // Clocks differ: what is told of has never happened after it was told.
      if (lagMs !== null) lag.observe(Math.max(0, lagMs) / 1000);
    },
    optedOut: (source, people) => optOuts.inc({ source }, people),
    textCameIn: (keyword) => texts.inc({ keyword: keyword ?? 'none' }),
    webhookTried: (status) => webhooks.inc({ status }),
    strangerSeen: () => strangers.inc(),
  };
}
