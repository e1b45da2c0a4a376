import { undescribed } from '../../../test/support/description/answerCheck';
import { faultsOf } from '../../../test/support/description/closedSchemas';
import { SCHEMAS } from '../../../test/support/description/description';
import type { Answer } from './answers';
import type { Outcome } from '../exchange';
import type { Input } from '../making/input';

/** What Node's parser refuses before there is a route: too slow, too large, no HTTP, an expectation. */
const BEFORE_ANY_ROUTE = [400, 408, 413, 417, 431];
/** As described: the service is busy, or what it stands on is away. It says when to come back. */
const LATER = 503;

/** What is wrong with an outcome; nothing where the service did what it promises. */
export function faultsIn(input: Input, { answers, ended }: Outcome): string[] {
  const { asked, kind } = input;
  if (ended === 'not let in') return ['the service does not take connections'];
  if (ended === 'too late') return ['there was no end of the answer'];
  const faults = answers.flatMap(answerFaults);
  if (asked === null) return faults;
  const [answer] = answers;
  if (answer === undefined) return ['the connection ended without an answer'];
  const isLive = answer.headers['content-type']?.startsWith('text/event-stream') === true;
  if (!answer.isWhole) return isLive || isCutByItsOwnBody(input) ? faults : [...faults, 'the answer is not whole'];
  // An address that is none: as far as it gets is to Express.
  if (!URL.canParse(asked.url, 'http://localhost')) return faults;
  if (kind !== 'described' && BEFORE_ANY_ROUTE.includes(answer.status) && answer.headers['connection'] === 'close')
    return faults;
  const { status, headers, body } = answer;
  return [
    ...faults,
    ...undescribed({ ...asked, status, headers, body }).filter((fault) => !isPassedOver(asked.url, fault)),
  ];
}

const MOST_READ_BYTES = 65_536;

/**
 * Who sends more with a read of an open page than anybody takes, and wants the connection to end, may lose the end of the
 * answer: the kernel drops what is on its way once it is closed with bytes unread.
 */
const isCutByItsOwnBody = ({ asked, pieces }: Input): boolean =>
  asked?.method === 'GET' && pieces.reduce((sum, { bytes }) => sum + bytes.length, 0) > MOST_READ_BYTES;

/**
 * Parameters that are passed over on purpose: orchestrators and Plivo add what they like, and who is sent to the same page without
 * a slash is told there. What Plivo calls is known by the end of its path, under whatever that stands.
 */
const isPassedOver = (url: string, fault: string): boolean =>
  (fault.includes(': the parameter "') && (/^\/(health|webhooks)\//i.test(url) || fault.includes('answers 308'))) ||
  /^\/.+\/webhooks\/plivo\//i.test(url);

/** What holds of every answer, whatever was asked. */
function answerFaults({ status, headers, body, isWhole }: Answer): string[] {
  if (status >= 500 && !(status === LATER && headers['retry-after'] !== undefined))
    return [`it was answered ${status}: ${body.slice(0, 300)}`];
  if (status < 400 || body === '' || !isWhole) return [];
  if (headers['content-type']?.startsWith('application/problem+json') !== true)
    return [`${status} is answered as "${headers['content-type'] ?? ''}" and not as a problem`];
  return faultsOf(SCHEMAS['Problem'] ?? {}, JSON.parse(body)).map((fault) => `the problem of ${status}: ${fault}`);
}
