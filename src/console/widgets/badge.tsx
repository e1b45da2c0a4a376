/** What a colour means: it always stands beside a word. */
export type Tone = 'good' | 'going' | 'calm' | 'warn' | 'bad' | 'stop';

const TONES: Readonly<Record<string, Tone>> = {
  awaiting_approval: 'warn',
  scheduled: 'going',
  queued: 'calm',
  processing: 'going',
  paused: 'warn',
  completed: 'good',
  partially_failed: 'bad',
  failed: 'bad',
  cancelled: 'calm',
  delivered: 'good',
  sent: 'going',
  undelivered: 'bad',
  invalid: 'bad',
  optedOut: 'stop',
  unknown: 'warn',
  pending: 'calm',
  sending: 'going',
  unconfirmed: 'warn',
  held: 'bad',
};

/** A state in a word. */
export function Badge({ status, words }: { status: string; words: Readonly<Record<string, string>> }) {
  return <span class={`badge ${TONES[status] ?? 'calm'}`}>{words[status] ?? status}</span>;
}
