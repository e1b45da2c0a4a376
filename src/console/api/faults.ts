export type FieldError = { readonly path: string; readonly msg: string; readonly value?: string };

/** What the service refused, in its own words: nothing was done. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    /** The stable end of the problem's type. */
    readonly code: string,
    readonly title: string,
    detail: string,
    readonly requestId: string,
    readonly errors: readonly FieldError[],
    readonly broadcastId: string | null,
  ) {
    super(detail);
  }
}

/** No answer came to a question that changes nothing. */
export class Unreachable extends Error {}

/** No answer of the service came to what was to be done: it may have been done. */
export class AnswerLost extends Error {}

type Problem = {
  type?: string;
  title?: string;
  detail?: string;
  requestId?: string;
  errors?: FieldError[];
  broadcastId?: string;
};

/** Null where it is no word of the service's own but of something on the way that gave up. */
export async function refusalIn(answer: Response): Promise<Refused | null> {
  const problem = (await answer.json().catch(() => null)) as Problem | null;
  const code = problem?.type?.split('/').at(-1);
  if (code === undefined && answer.status >= 500) return null;
  return new Refused(
    answer.status,
    code ?? '',
    problem?.title ?? answer.statusText,
    problem?.detail ?? answer.statusText,
    problem?.requestId ?? '',
    problem?.errors ?? [],
    problem?.broadcastId ?? null,
  );
}
