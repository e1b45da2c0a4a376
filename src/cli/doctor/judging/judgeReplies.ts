import type { RentedNumber } from '../../../services/plivo/plivoNumber';
import { applicationId } from '../asking/askSenders';
import { green, red, skipped, unknown, type Check } from '../check';
import type { InboundAddress, SenderFacts } from '../facts';
import { whyNotAsked } from './refused';

const PLACE = 'Plivo console, Messaging, Applications';

/** Whether what people write to the number, STOP above all, is posted to the inbound address. */
export function judgeReplies(
  { sender, application }: SenderFacts,
  { application: leadsTo }: RentedNumber,
  inbound: InboundAddress,
): Check {
  const name = `replies to ${sender}`;
  if (inbound.kind === 'noPublicUrl') return skipped(name, 'PUBLIC_URL is unset: nobody here hears STOP');
  if (inbound.kind === 'notMadeYet')
    return unknown(name, 'the inbound address is not made yet', 'Start the service once, then ask again.');
  const [url = ''] = inbound.urls;
  const remedy = `Give its application the message URL ${url} (${PLACE}).`;
  if (applicationId(leadsTo) === null)
    return red(
      name,
      leadsTo === null
        ? 'it belongs to no application: nobody here hears STOP'
        : 'it leads elsewhere than to an application: nobody here hears STOP',
      `Give the number an application whose message URL is ${url} (${PLACE}).`,
    );
  if (application?.kind !== 'application')
    return unknown(name, ...whyNotAsked(application ?? { reason: 'Nobody was asked.' }));
  const { messageUrl } = application.application;
  if (messageUrl === null) return red(name, 'its application has no message URL: nobody here hears STOP', remedy);
  if (isOneOf(messageUrl, inbound.urls)) return green(name, 'its application posts them here');
  if (isOneOf(messageUrl, inbound.plainUrls))
    return red(name, 'its application posts them to the plain address, which takes STOP but no START', remedy);
  return red(name, `its application posts them elsewhere (${placeOf(messageUrl)}): nobody here hears STOP`, remedy);
}

/** Letter case of the host, a port that is understood, a query: none of them leads elsewhere. */
function isOneOf(url: string, urls: readonly string[]): boolean {
  const normal = (text: string) => {
    if (!URL.canParse(text)) return text;
    const { origin, pathname } = new URL(text);
    return `${origin}${pathname}`;
  };
  return urls.some((one) => normal(one) === normal(url));
}

/** Its path may hold a secret of whoever is meant. */
const placeOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'no address');
