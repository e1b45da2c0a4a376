import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { ConnectionError, ProblemError } from '../../client/index';
import { PROBLEMS } from '../../domain/wording/problems';

/** Tells an agent why a tool did not do what it was called for. */
export type Refusals = (tool: string, error: unknown) => CallToolResult;

export type RefusalDeps = {
  /** Never in an answer, whoever repeated it. */
  readonly key: string;
  /** Where people look who run this; gets codes only, as details may quote numbers and texts. */
  readonly note: (line: string) => void;
};

const KEY_IS_WRONG =
  'You cannot mend this. Whoever set this server up has to give it a key of the service in SMS_KEY; ' +
  'for all tools it needs the scopes `send` and `read`.';

/** Where an agent does something else than a program that speaks HTTP: it knows of no headers, and must not look for ways round. */
const REMEDIES: Readonly<Record<string, string>> = {
  preview_outdated:
    'Call preview_broadcast with what you want to send, show what it says to the person you work for, and send with the new digest.',
  key_reused:
    'Something with this digest was sent before, by a call with other input or by somebody else. Look at list_broadcasts before ' +
    'anything else. Only if the same is to go once more on purpose: send_broadcast with `again`.',
  insufficient_balance: 'Somebody has to pay into the account. Or preview it for fewer people.',
  rate_limited: 'Wait, and call it again.',
  conflict: 'Look with get_broadcast how it stands.',
  not_found: 'Look with list_broadcasts or list_saved_lists what there is.',
  unauthenticated: KEY_IS_WRONG,
  invalid_token: KEY_IS_WRONG,
  wrong_key: KEY_IS_WRONG,
  missing_scope: KEY_IS_WRONG,
  invalid_request: 'Change what is named above, and call it again.',
  unexpected_answer: 'Whoever set this server up has to see whether SMS_URL is the address of the service.',
};

const BAD_NUMBERS =
  'Mend the numbers that are named above, or leave bad ones out with `invalidRecipients: "skip"`; either needs a new preview.';

/** Every error as an answer that says what was wrong, whether anything was done, and what to do. */
export const createRefusals =
  ({ key, note }: RefusalDeps): Refusals =>
  (tool, error) => {
    note(`${tool}: ${codeOf(error)}`);
    const text = linesOf(error).join('\n');
    return { isError: true, content: [{ type: 'text', text: key === '' ? text : text.replaceAll(key, '[key]') }] };
  };

function linesOf(error: unknown): string[] {
  if (error instanceof ProblemError) return problemLines(error);
  if (error instanceof ConnectionError) return ['The service could not be reached.', error.message, whatNow(error)];
  return ['Something unexpected went wrong in this server, not in the service.', messageOf(error)];
}

function problemLines(problem: ProblemError): string[] {
  const { title, detail, errors, errorCount, retryAfterSeconds, broadcastId } = problem;
  return [
    title,
    ...(detail === title ? [] : [detail]),
    ...errors.map(({ path, msg }) => `- ${path}: ${msg}`),
    ...(errorCount > errors.length ? [`- and ${errorCount - errors.length} more`] : []),
    ...(broadcastId === null ? [] : [`It is about broadcast ${broadcastId}.`]),
    ...(retryAfterSeconds === null ? [] : [`Not before ${Math.ceil(retryAfterSeconds)} seconds from now.`]),
    `What to do: ${remedyOf(problem)}`,
    `(${codeOf(problem)}, HTTP ${problem.status})`,
  ];
}

/** A later service may have problems that this one does not know. */
const remedyOf = ({ code, errors }: ProblemError): string =>
  (errors.some(({ path }) => path.startsWith('recipients[')) ? BAD_NUMBERS : REMEDIES[code]) ??
  (PROBLEMS as Readonly<Partial<Record<string, { readonly remedy: string }>>>)[code]?.remedy ??
  'Tell the person you work for.';

/** Who has lost the answer to a send must not take it for not sent, and need not: the same call sends to nobody twice. */
const whatNow = ({ idempotencyKey }: ConnectionError): string =>
  idempotencyKey === null
    ? 'What to do: call it again later. If it was to change something, look with get_broadcast first whether it did.'
    : 'It is not known whether it was sent. What to do: call send_broadcast again with exactly the same input; nobody is texted twice.';

function codeOf(error: unknown): string {
  if (error instanceof ProblemError)
    return `${error.code}${error.requestId === null ? '' : `, request ${error.requestId}`}`;
  return error instanceof ConnectionError ? 'no answer' : 'unexpected error';
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
