import type { Broadcaster, OptOut, Recipient, RecipientStatus } from '../../client/index';
import { UsageError } from '../terminal/commandLine';
import { EXIT } from './exitCode';
import { showFollowing } from './following';
import type { SmsCommand, SmsOptions } from './options';
import { show, showEach, type Column, type Output } from './output';
import { consentOf, retry, send, showPreview } from './sendCommand';
import { broadcastLines } from './words';

const PEOPLE: readonly Column<Recipient>[] = [
  { name: 'number', width: 16, of: ({ recipient }) => recipient },
  { name: 'status', width: 11, of: ({ status }) => status },
  { name: 'cost', width: 8, of: ({ cost }) => cost },
  { name: 'at', width: 24, of: ({ updatedAt }) => updatedAt },
  { name: 'why', width: 0, of: ({ errorReason }) => errorReason },
];

const OPTED_OUT: readonly Column<OptOut>[] = [
  { name: 'number', width: 16, of: ({ number }) => number },
  { name: 'by', width: 8, of: ({ source }) => source },
  { name: 'since', width: 24, of: ({ optedOutAt }) => optedOutAt },
];

/**
 * Does what was asked for, and returns the exit code.
 *
 * @throws UsageError, and what the client throws
 */
export async function runSms({ words, options }: SmsCommand, sms: Broadcaster, output: Output): Promise<number> {
  const [what, first, second, ...others] = words;
  const most = what === 'opt-outs' || what === 'retry' ? 3 : 2;
  const extra = [first, second, ...others].slice(most - 1).find((word) => word !== undefined);
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many.`);
  if (what === 'preview' && first === undefined) return await showPreview(sms, options, output);
  if (what === 'send') return await send(sms, options, consentOf(options, first), output);
  if (what === 'opt-outs') return await optOuts(sms, [first, second], options, output);
  if (what === 'follow') return await showFollowing(sms, idOf(what, first), output);
  if (what === 'retry')
    return await retry(sms, idOf(what, first), { options, consent: consentOf(options, second) }, output);
  if (what === 'recipients') {
    const filter = options.status === undefined ? {} : { status: options.status as RecipientStatus };
    await showEach(output, sms.recipients(idOf(what, first), filter), PEOPLE);
    return EXIT.well;
  }
  if (what === 'pause' || what === 'resume' || what === 'cancel') {
    const broadcast = await sms[what](idOf(what, first));
    show(output, broadcast, broadcastLines(broadcast));
    return EXIT.well;
  }
  throw new UsageError('Say what to do: preview, send, follow, recipients, opt-outs, pause, resume, cancel or retry.');
}

/** @throws UsageError */
function idOf(what: string, id: string | undefined): string {
  if (id === undefined) throw new UsageError(`Say which broadcast: ${what} ID.`);
  return id;
}

async function optOuts(
  sms: Broadcaster,
  [what, number]: readonly (string | undefined)[],
  { note }: SmsOptions,
  output: Output,
): Promise<number> {
  if (what === undefined) {
    await showEach(output, sms.optOuts.all(), OPTED_OUT);
    return EXIT.well;
  }
  if ((what !== 'add' && what !== 'remove') || number === undefined)
    throw new UsageError('Say opt-outs, opt-outs add NUMBER or opt-outs remove NUMBER.');
  const why = note === undefined ? {} : { note };
  if (what === 'add') show(output, await sms.optOuts.add(number, why), [`${number} is opted out.`]);
  else {
    await sms.optOuts.remove(number, why);
    show(output, { number }, [`${number} may be texted again.`]);
  }
  return EXIT.well;
}
