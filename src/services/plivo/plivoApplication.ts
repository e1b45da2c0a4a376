import { readProperty } from '../../domain/text/safeWords';

/** What becomes of texts that come in. */
export type Application = {
  /** Null where they are posted nowhere. */
  readonly messageUrl: string | null;
};

/** A record of Plivo's Application API (plivo.com/docs/account/api/application); null where it is none. */
export function readApplication(record: unknown): Application | null {
  if (typeof readProperty(record, 'app_id') !== 'string') return null;
  const url = readProperty(record, 'message_url');
  return { messageUrl: typeof url === 'string' && url.trim() !== '' ? url.trim() : null };
}
