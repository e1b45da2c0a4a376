import type { PlivoLog } from '../../../config/plivoConfig';
import { REPORTED_STATUSES, type ReportedStatus } from '../../domain/states/recipientState';
import { callsBehind, searchWindows } from '../../domain/outcome/reconciliation';
import type { MissingReportStore, SilentBatch, SilentRecipient } from '../../store/settling/missingReportStore';
import type { EvidenceStore } from '../../store/settling/evidenceStore';
import type { ReportStore } from '../../store/hearing/reportStore';
import { createLoop, type Loop, type LoopDeps } from '../upkeep/loop';
import type { MessageList } from './asking/messageList';
import type { ListedMessage } from '../plivo/plivoMessageList';

export type MissingReportsDeps = LoopDeps & {
  readonly missing: MissingReportStore;
  readonly evidence: EvidenceStore;
  readonly reports: ReportStore;
  readonly list: MessageList;
  /** ISO 3166. */
  readonly countryOf: (number: string) => string;
  readonly config: {
    readonly publicUrl: string | null;
    readonly log: PlivoLog;
    /** How long reports are only waited for: Plivo gives up on a callback after about seven minutes. */
    readonly askAfterMs: number;
    readonly giveUpAfterMs: number;
  };
};

const LOOK_EVERY_MS = 1000;
/** People asked about at one look at a batch; each costs one of the account's few list requests. */
const ASKED_AT_ONCE = 5;

/**
 * Nobody stays without a final state in silence: whose report does not come is asked for, as far as the budget of the
 * message list goes, and after a time shown as unknown with the reason.
 */
export function createMissingReports(deps: MissingReportsDeps): Loop {
  const { missing, logger, config } = deps;

  async function askFor(batch: SilentBatch, signal: AbortSignal): Promise<void> {
    const silent = await missing.silentRecipients(batch, ASKED_AT_ONCE);
    if (silent.length === 0) await missing.close(batch);
    // Where no reports were asked for, all are missing, and the list could not make up for them. Where it masks the numbers,
    // nobody is found in it.
    if (config.publicUrl === null || config.log === 'false') return;
    for (const recipient of silent) {
      if (!(await ask(deps, batch, recipient, signal))) return;
    }
  }

  async function giveUp(batch: SilentBatch): Promise<void> {
    const reason =
      config.publicUrl === null
        ? 'No delivery report was asked for: PUBLIC_URL is not set.'
        : 'No final delivery report came in the time set by DELIVERY_REPORT_TIMEOUT_MS.';
    const recipients = await missing.giveUp(batch, reason);
    if (recipients > 0) logger.warn('Delivery reports never came', { batch: batch.number, missing: recipients });
  }

  return createLoop(deps, {
    name: 'missing reports',
    async step(signal) {
      const batch = await missing.takeSilentBatch(config);
      if (batch === null) return deps.lookEveryMs ?? LOOK_EVERY_MS;
      if (batch.isOverdue) await giveUp(batch);
      else await askFor(batch, signal);
      return 0;
    },
  });
}

/** Returns false when the list cannot be asked at present. */
async function ask(
  { missing, evidence, reports, list, countryOf }: MissingReportsDeps,
  batch: SilentBatch,
  recipient: SilentRecipient,
  signal: AbortSignal,
): Promise<boolean> {
  const { whole: window } = searchWindows(batch.calledAt, batch.longestMs);
  const query = {
    fromNumber: null,
    powerpackUuid: batch.powerpackUuid,
    toNumber: recipient.number,
    ...window,
    offset: 0,
  };
  const answer = await list.find(query, signal, 'spare');
  if (answer.kind !== 'listed') return false;
  await missing.markAsked(batch, recipient.number);

  const { accounted } = await evidence.othersOf(recipient.number, batch, callsBehind(window));
  const isOwn = (uuid: string) =>
    recipient.messageUuid === null
      ? !accounted.has(uuid) && (batch.answered?.has(uuid) ?? true)
      : uuid === recipient.messageUuid;
  const own = answer.messages.filter(({ messageUuid }) => isOwn(messageUuid));
  const [message, ...others] = own;
  const status = message === undefined ? null : reportedStatus(message);
  // Two messages that could be meant tell nothing of this one.
  if (message === undefined || others.length > 0 || status === null) return true;
  await reports.applyReports([
    {
      token: batch.callbackToken,
      recipient: recipient.number,
      messageUuid: message.messageUuid,
      status,
      sequence: null,
      errorCode: message.errorCode === '000' ? null : message.errorCode,
      units: message.units,
      cost: message.totalAmount,
      country: countryOf(recipient.number),
    },
  ]);
  return true;
}

const reportedStatus = ({ state }: ListedMessage): ReportedStatus | null =>
  REPORTED_STATUSES.find((status) => status === state) ?? null;
