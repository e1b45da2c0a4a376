import { readPriceList } from '../../config/priceList';
import type { Env } from '../../config/env';
import { createReplyReader } from '../domain/replies/replyReading';
import { createKeyring } from '../services/access/keyring';
import { createKeyService } from '../services/access/keyService';
import { createTokens, type Tokens } from '../services/access/tokens';
import { createBroadcastService } from '../services/accepting/broadcastService';
import { createForecast } from '../services/accepting/previewing/forecast';
import { createPlanning } from '../services/accepting/planning/planning';
import { createPreviewService } from '../services/accepting/previewing/previewService';
import { createReachOutlook } from '../services/accepting/previewing/reachOutlook';
import { createHearingWatch } from '../services/hearing/hearingWatch';
import { createUndoWatch } from '../services/hearing/undoWatch';
import { createInboundService, type KeywordReplies } from '../services/hearing/inboundService';
import { createReceiptService } from '../services/hearing/receiptService';
import { createAccountReader, type AccountReader } from '../services/money/accountReader';
import { createBalanceCheck } from '../services/money/balanceCheck';
import { loadNumberZones } from '../services/numbers/numberZones';
import { createBrake } from '../services/sending/brake';
import { createBudget } from '../services/sending/budget';
import { createCallMaker } from '../services/sending/callMaker';
import { createCallSettlement } from '../services/sending/callSettlement';
import { createCallSlots } from '../services/sending/callSlots';
import { createDispatcher, type Dispatcher } from '../services/sending/dispatcher';
import { createScheduleWatch } from '../services/sending/scheduleWatch';
import { createLeaseWatch } from '../services/settling/watching/leaseWatch';
import { createMessageList, type MessageList } from '../services/settling/asking/messageList';
import { createMissingReports } from '../services/settling/missingReports';
import { createRestoreCheck, type RestoreCheck } from '../services/settling/restoreCheck';
import { createReconciler } from '../services/settling/reconciler';
import { createRetryService } from '../services/retrying/retryService';
import { createBroadcastChanges } from '../services/telling/broadcastChanges';
import type { Loop } from '../services/upkeep/loop';
import { createRetention } from '../services/upkeep/retention';
import { isStorageUnavailable, mayHaveCommitted } from '../store/engine/storageErrors';
import type { Foundation } from './foundation';
import { theCountries } from './numbers';
import { composeWebhookWatch } from './telling';
import { tracedPlanning } from './tracing';
import { onFirstUse } from '../domain/onFirstUse';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type Services = ReturnType<typeof composeServices>;

/** The rooms of `services/`, joined. `stopping` aborts when the service stops: whoever waits is answered then. */
export function composeServices(foundation: Foundation, stopping: AbortSignal) {
  const countryOf = theCountries();
  const changes = createBroadcastChanges(foundation.timers);
  const accountReader = createAccountReader(foundation);
  const wakeDispatcher = () => sending.dispatcher.wake();
  const list = createMessageList({
    ...foundation,
    ...foundation.store,
    requestsPerMinute: foundation.env.PLIVO_LIST_REQUESTS_PER_MINUTE,
  });
  const restoreCheck = createRestoreCheck({ ...foundation, ...foundation.store, list, wakeDispatcher });
  const sending = composeSending(foundation, { changes, accountReader, restoreCheck });
  const hearing = composeHearing(foundation, countryOf);
  const keyring = createKeyring({ ...foundation, ...foundation.store });
  const background: readonly Loop[] = [
    restoreCheck,
    ...composeSettling(foundation, { changes, dispatcher: sending.dispatcher, countryOf, list }),
    createScheduleWatch({ ...foundation, ...foundation.store, wakeDispatcher }),
    composeUpkeep(foundation),
    hearing.watch,
  ];
  const errands: readonly Loop[] = [
    createUndoWatch({ ...foundation, ...foundation.store }),
    composeWebhookWatch(foundation),
  ];
  return {
    dispatcher: sending.dispatcher,
    background,
    /** Of what else goes on beside, no text depends on them. */
    errands,
    stopping,
    countryOf,
    accountReader,
    keyring,
    tokens: composeTokens(foundation),
    keyService: createKeyService({ ...foundation.store, keyring }),
    receipts: hearing.receipts,
    inboundService: hearing.inboundService,
    ...composeAccepting(foundation, { changes, wakeDispatcher, countryOf, stopping, accountReader }),
  };
}

function composeTokens({ env }: Foundation): Tokens | null {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS_URL: jwksUrl } = env;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) return null;
  return createTokens({ issuer, audience, jwksUrl });
}

type Changes = ReturnType<typeof createBroadcastChanges>;
type CountryOf = (number: string) => string;

function composeSending(
  foundation: Foundation,
  joined: { changes: Changes; accountReader: AccountReader; restoreCheck: RestoreCheck },
): { dispatcher: Dispatcher } {
  const { store, config, env } = foundation;
  const brake = createBrake(foundation.timers);
  const parts = { ...foundation, ...store, ...joined, brake };
  const slots = createCallSlots(parts);
  const budget = createBudget(parts);
  const calls = createCallMaker({
    ...parts,
    slots,
    budget,
    isStorageUnavailable,
    settleCall: createCallSettlement(parts),
  });
  return { dispatcher: createDispatcher({ ...parts, slots, budget, calls, config: { ...config, ...guardsOf(env) } }) };
}

/** What keeps people from getting too much by several broadcasts. */
const guardsOf = (env: Env) => ({
  duplicateWindowMs: Math.round(env.DUPLICATE_WINDOW_HOURS * HOUR_MS),
  textCaps: env.MAX_TEXTS_PER_PERSON ?? [],
});

function composeSettling(
  foundation: Foundation,
  {
    changes,
    dispatcher,
    countryOf,
    list,
  }: { changes: Changes; dispatcher: Dispatcher; countryOf: CountryOf; list: MessageList },
): Loop[] {
  const { store, config, env, owner } = foundation;
  const parts = { ...foundation, ...store };
  const reporting = { askAfterMs: env.DELIVERY_REPORT_ASK_AFTER_MS, giveUpAfterMs: env.DELIVERY_REPORT_TIMEOUT_MS };
  return [
    createLeaseWatch({
      ...parts,
      lost: { soleOwner: store.kind === 'sqlite' ? owner : null, isInHand: (claim) => dispatcher.isInHand(claim) },
    }),
    createReconciler({ ...parts, list, changes, wakeDispatcher: () => dispatcher.wake() }),
    createMissingReports({ ...parts, list, countryOf, config: { ...config, ...reporting } }),
  ];
}

function composeUpkeep(foundation: Foundation): Loop {
  const { RETENTION_DAYS: days, ANONYMIZE_AFTER_DAYS: namesDays, AUDIT_RETENTION_DAYS: auditDays } = foundation.env;
  const inMs = (count: number) => (count === 0 ? null : Math.round(count * DAY_MS));
  return createRetention({
    ...foundation,
    ...foundation.store,
    requestCounts: foundation.store.kind === 'postgres' ? foundation.store.requestCounts : null,
    ageMs: inMs(days),
    namesAgeMs: inMs(namesDays),
    auditAgeMs: inMs(auditDays),
  });
}

function composeAccepting(
  foundation: Foundation,
  joined: {
    changes: Changes;
    wakeDispatcher: () => void;
    countryOf: CountryOf;
    stopping: AbortSignal;
    accountReader: AccountReader;
  },
) {
  const { store, config, env } = foundation;
  const parts = { ...foundation, ...store };
  const planOnly = createPlanning({
    ...parts,
    originOf: config.originOf,
    countryOf: joined.countryOf,
    zonesOf: onFirstUse(loadNumberZones),
    prices: env.PRICES_FILE === undefined ? null : readPriceList(env.PRICES_FILE),
    config: {
      batchSize: config.batchSize,
      pacesOf: config.pacesOf,
      quietHours: env.QUIET_HOURS ?? null,
      maxSegments: env.MAX_SEGMENTS_PER_BROADCAST ?? null,
      maxCostNanos: env.MAX_COST_PER_BROADCAST ?? null,
    },
  });
  const planning = tracedPlanning(planOnly, foundation.tracing);
  const forecast = createForecast(parts);
  const balances = createBalanceCheck(joined);
  const broadcastService = createBroadcastService({
    ...parts,
    ...joined,
    planning,
    balances,
    isStorageUnavailable,
    mayHaveCommitted,
    config: {
      origin: config.origin,
      defaultWaitMs: env.BROADCAST_WAIT_MS,
      approvalAbove: env.APPROVAL_ABOVE ?? null,
    },
  });
  const outlookOnReach = createReachOutlook({ ...parts, config: guardsOf(env) });
  const previews = createPreviewService({ ...parts, planning, forecast, outlookOnReach, balances });
  const retryService = createRetryService({ ...parts, broadcastService, previews, originOf: config.originOf });
  return { broadcastService, forecast, previews, retryService };
}

function composeHearing(foundation: Foundation, countryOf: CountryOf) {
  const parts = { ...foundation, ...foundation.store };
  const watch = createHearingWatch({ ...parts, isOnlyProcess: foundation.store.kind === 'sqlite' });
  return {
    watch,
    receipts: createReceiptService({ ...parts, countryOf }),
    inboundService: createInboundService({
      ...parts,
      hearing: watch,
      readReply: createReplyReader(foundation.env.OPT_OUT_KEYWORDS ?? []),
      replies: repliesOf(foundation.env),
    }),
  };
}

function repliesOf(env: Env): KeywordReplies {
  const orNothing = (text: string) => (text === 'none' ? null : text);
  return {
    optOut: orNothing(env.OPT_OUT_REPLY),
    optIn: orNothing(env.OPT_IN_REPLY),
    help: orNothing(env.HELP_REPLY),
  };
}
