import type { Pace, Paces } from '../time/pacing';
import { readOrigin } from './senders';

/** By the name of the sender's queue: the sender as it was written, and parts of texts a second. */
export type SenderRates = ReadonlyMap<string, { readonly sender: string; readonly unitsPerSecond: number }>;

/** What holds for the texts of a sender, or of a Powerpack by its uuid. */
export type PacesOf = (sender: string) => Paces;

/**
 * Parts of texts a second of usual kinds of senders, as Plivo publishes them: for the US
 * https://support.plivo.com/hc/en-us/articles/18193230900633-A2P-Messaging-Throughput-in-the-US, for Canada
 * https://support.plivo.com/hc/en-us/sections/360008203752-General ("A2P Messaging Throughput in Canada").
 *
 * 10DLC goes by the vetting score of the brand: 75 to 100, 50 to 74, and below or not vetted. Each of AT&T, T-Mobile and
 * Verizon takes so many a minute; the rate of one of them is what a list of people of one carrier gets.
 */
export const SENDER_RATE_PRESETS = {
  '10dlc-high': 4500 / 60,
  '10dlc-medium': 2400 / 60,
  '10dlc-low': 240 / 60,
  tollfree: 25,
  shortcode: 100,
  'ca-longcode': 15 / 60,
} as const;

/** Parts of texts a second: one in a quarter of an hour. With less, nobody's text would leave before it expires. */
export const SLOWEST_RATE = 0.001;

const isPreset = (text: string): text is keyof typeof SENDER_RATE_PRESETS => Object.hasOwn(SENDER_RATE_PRESETS, text);

/** One name for all spellings of a sender: Plivo strips what is neither letter nor digit (docs: "Send a message"). */
export const queueNameOf = (sender: string): string => sender.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/**
 * Reads `+14155550100:1.25,ACME:5,+16135550100:ca-longcode`: senders or uuids of Powerpacks with their rates. A sentence
 * about the first entry that makes no sense, else the rates.
 */
export function parseSenderRates(text: string): SenderRates | { readonly problem: string } {
  const rates = new Map<string, { sender: string; unitsPerSecond: number }>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const colon = entry.lastIndexOf(':');
    const name = entry.slice(0, Math.max(colon, 0)).trim();
    const written = entry.slice(colon + 1).trim();
    const shown = entry.slice(0, 60);
    if (name === '' || written === '') return { problem: `has the entry "${shown}", which is not SENDER:RATE` };
    if (readOrigin(name) === null) return { problem: `has the sender "${name.slice(0, 40)}", which Plivo cannot have` };
    const rate = isPreset(written) ? SENDER_RATE_PRESETS[written] : Number(written);
    if (!Number.isFinite(rate) || rate < SLOWEST_RATE)
      return {
        problem: `has the rate "${written.slice(0, 20)}", which is neither a number from ${SLOWEST_RATE} on nor a preset`,
      };
    const queue = queueNameOf(name);
    if (rates.has(queue)) return { problem: `names the sender "${name}" twice` };
    rates.set(queue, { sender: name, unitsPerSecond: rate });
  }
  return rates;
}

/** `account`: null where its rate is not known. */
export function createPacesOf(account: Pace | null, rates: SenderRates, horizonMs: number): PacesOf {
  const onlyAccount: Paces = { account, sender: null };
  if (rates.size === 0) return () => onlyAccount;
  return (sender) => {
    const queue = queueNameOf(sender);
    const unitsPerSecond = rates.get(queue)?.unitsPerSecond;
    return unitsPerSecond === undefined ? onlyAccount : { account, sender: { queue, unitsPerSecond, horizonMs } };
  };
}
