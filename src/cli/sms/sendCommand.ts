import type { Broadcast, Broadcaster } from '../../client/index';
import { UsageError } from '../terminal/commandLine';
import { EXIT } from './exitCode';
import { showFollowing } from './following';
import { printable, show, type Output } from './output';
import { requestOf } from './request';
import type { SmsOptions } from './options';
import { broadcastLines, previewLines } from './words';

/** `--yes` sends; with the digest of a preview behind it, exactly what was previewed. */
type Consent = 'dry run' | 'whatever it is' | { readonly digest: string };

/** @throws UsageError */
export function consentOf({ yes }: SmsOptions, word: string | undefined): Consent {
  if (word === undefined) return yes === true ? 'whatever it is' : 'dry run';
  if (yes !== true) throw new UsageError(`"${word}" is one word too many.`);
  return { digest: word };
}

export async function showPreview(sms: Broadcaster, options: SmsOptions, output: Output): Promise<number> {
  const preview = await sms.preview(requestOf(options));
  show(output, preview, previewLines(preview));
  return EXIT.well;
}

/** Sends nothing without consent: then it shows what would be sent, and what to say to send that. */
export async function send(sms: Broadcaster, options: SmsOptions, consent: Consent, output: Output): Promise<number> {
  const request = requestOf(options);
  if (consent === 'dry run') {
    const preview = await sms.preview(request);
    show(output, preview, [...previewLines(preview), dryRunNote(preview.digest)]);
    return EXIT.well;
  }
  const sending = sendOptions(options);
  const sent =
    consent === 'whatever it is'
      ? await sms.send(request, sending)
      : await sms.sendPreviewed(request, consent.digest, sending);
  return await told(sms, sent, options, output);
}

/** The same for a new broadcast to those who failed. */
export async function retry(
  sms: Broadcaster,
  id: string,
  { consent, options }: { consent: Consent; options: SmsOptions },
  output: Output,
): Promise<number> {
  if (consent === 'dry run') {
    const preview = await sms.previewRetry(id);
    show(output, preview, [...previewLines(preview), dryRunNote(preview.digest)]);
    return EXIT.well;
  }
  const sending = sendOptions(options);
  const sent =
    consent === 'whatever it is'
      ? await sms.retry(id, {}, sending)
      : await sms.retryPreviewed(id, consent.digest, {}, sending);
  return await told(sms, sent, options, output);
}

const dryRunNote = (digest: string) => `Nothing was sent. To send exactly this: the same with --yes ${digest}`;

const sendOptions = ({ 'idempotency-key': key, follow }: SmsOptions) => ({
  ...(key === undefined ? {} : { idempotencyKey: key }),
  ...(follow === true ? { waitSeconds: 0 } : {}),
});

async function told(sms: Broadcaster, sent: Broadcast, options: SmsOptions, output: Output): Promise<number> {
  if (options.follow === true) return await showFollowing(sms, sent.id, output);
  show(output, sent, [printable(sent.message), ...broadcastLines(sent)]);
  return EXIT.well;
}
