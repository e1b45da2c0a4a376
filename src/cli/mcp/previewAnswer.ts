import { z } from 'zod';
import type { Preview } from '../../client/index';
import { inGroups } from '../terminal/inGroups';
import type { Told } from './tool';

/** What a preview does not repeat. */
type Wish = {
  readonly message: string;
  readonly sendAt?: string | undefined;
  readonly sendAtLocal?: string | undefined;
};

const count = z.number().int();

/** What would become of a broadcast. */
export const PREVIEW = z.object({
  digest: z.string().describe('Names exactly this; send_broadcast needs it.'),
  text: z.string(),
  people: count.describe('Who would be texted.'),
  duplicates: count,
  invalid: count,
  optedOut: count,
  onExceptLists: count,
  segments: count.describe('Parts that texts are sent and billed in.'),
  encoding: z.string(),
  cost: z.object({ amount: z.string(), currency: z.string() }).nullable().describe('Null where prices are not known.'),
  balanceIsEnough: z.boolean().nullable(),
  expectedSeconds: z.number(),
  refusals: z.array(z.string()).describe('Why it would be refused as it is.'),
});

/** Everything that somebody has to know who is asked whether it may go. */
export function previewAnswer(preview: Preview, wish: Wish): Told<z.output<typeof PREVIEW>> {
  const { digest, recipients, segments, cost, balance, expectedSeconds, refusals } = preview;
  const data = {
    digest,
    text: wish.message,
    people: recipients.accepted,
    duplicates: recipients.duplicates,
    invalid: recipients.invalid,
    optedOut: recipients.optedOut,
    onExceptLists: recipients.excepted ?? 0,
    segments: segments.total,
    encoding: segments.encoding,
    cost: cost === null ? null : { amount: cost.amount, currency: cost.currency },
    balanceIsEnough: balance.isEnough,
    expectedSeconds,
    refusals,
  };
  return { data, lines: previewLines(preview, wish) };
}

function previewLines(preview: Preview, wish: Wish): string[] {
  const { recipients, cost, segments, digest } = preview;
  const price = cost === null ? 'The cost is not known.' : `It would cost about ${cost.amount} ${cost.currency}.`;
  return [
    `Nothing was sent. This would text ${people(recipients.accepted)}. ${price}`,
    `Text: ${wish.message}`,
    ...exampleLines(preview),
    `${inGroups(segments.total)} segments in all (${segments.encoding}).`,
    ...senderLines(preview),
    ...leftOutLines(preview),
    ...timeLines(preview, wish),
    ...warningLines(preview),
    `Digest: ${digest}`,
    'To send exactly this: show it to the person you work for, and if they agree call send_broadcast with the same input and this digest.',
  ];
}

/** The longest, as it is read: a field that went wrong is seen there. */
const exampleLines = ({ texts }: Preview): string[] =>
  texts === undefined ? [] : [`${inGroups(texts.distinct)} different texts. The longest: ${texts.longest.text}`];

const senderLines = ({ senders }: Preview): string[] =>
  senders.map(({ sender, recipients }) => `From ${sender} to ${people(recipients)}.`);

function leftOutLines({ recipients, invalidRecipients, leftOut }: Preview): string[] {
  const faults = invalidRecipients.slice(0, 10);
  return [
    ...told(recipients.optedOut, 'left out: opted out'),
    ...(recipients.duplicates === 0
      ? []
      : [`Named more than once, and texted once: ${inGroups(recipients.duplicates)}.`]),
    ...told(recipients.excepted ?? 0, 'left out: on a list of exceptLists'),
    ...(recipients.invalid === 0 ? [] : [`Not valid: ${inGroups(recipients.invalid)}.`]),
    ...faults.map(({ value, reason }) => `- ${value}: ${reason}`),
    ...(recipients.invalid > faults.length ? [`- and ${recipients.invalid - faults.length} more`] : []),
    ...told(leftOut?.topic ?? 0, 'will be left out: they have a text of this topic'),
    ...told(leftOut?.cap ?? 0, 'will be left out: they have had as many texts as anybody may get'),
    ...told(leftOut?.duplicateText ?? 0, 'will be left out: they have had the same text lately'),
  ];
}

const timeLines = ({ expectedSeconds, quietHours }: Preview, { sendAt, sendAtLocal }: Wish): string[] => [
  sendAtLocal === undefined
    ? `It would go ${sendAt === undefined ? 'at once' : `at ${sendAt}`}.`
    : `It would go at ${sendAtLocal} by each person's own clock.`,
  `The last text would leave after about ${inGroups(expectedSeconds)} seconds.`,
  ...(quietHours === null
    ? []
    : [`Quiet hours hold ${people(quietHours.heldRecipients)} back, until ${quietHours.lastOpening} at the latest.`]),
];

const warningLines = ({ balance, refusals }: Preview): string[] => [
  ...(balance.isEnough === false ? ['The account has too little for it.'] : []),
  ...refusals.map((refusal) => `It would be refused: ${refusal}`),
];

const told = (number: number, what: string): string[] => (number === 0 ? [] : [`${people(number)} ${what}.`]);

const people = (number: number): string => (number === 1 ? '1 person' : `${inGroups(number)} people`);
