import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { parse as parseForm } from 'node:querystring';
import type { ReceiptService } from '../../services/hearing/receiptService';
import { parseStatusCallback } from './statusCallback';

export type ReportListenerDeps = {
  readonly receipts: ReceiptService;
  /** Whether Plivo signed the request: `path` is its address without the host, `params` are its form fields. */
  readonly isSigned: (request: { path: string; params: FormFields; headers: IncomingMessage['headers'] }) => boolean;
};

type FormFields = Record<string, string | string[]>;

const FORM = /^application\/x-www-form-urlencoded(; ?charset=utf-8)?$/i;
const STATUS_PATH = /^\/webhooks\/plivo\/status\/([\w-]{1,64})$/;
/** Bytes. A report has 700 to 1,000; so few hold no more fields than Express would take. */
const LARGEST_BODY = 2000;

/**
 * Takes delivery reports before Express does: a million texts mean two to three million of them, and Express with its
 * body parser costs more than all that a report needs (measured: 222 µs of CPU for each; this way 72).
 *
 * Only what is as it should be is answered here. Everything else goes on to `app`, body in hand, whose route says what is
 * wrong; a report that is taken twice on the way is the same report.
 */
export function reportListener(deps: ReportListenerDeps, app: RequestListener): RequestListener {
  return (req, res) => {
    const token = tokenOf(req);
    if (token === null) {
      app(req, res);
      return;
    }
    void takeReport(deps, token, req, res).then((isAnswered) => {
      if (!isAnswered) app(req, res);
    });
  };
}

/** Null where the request is not plainly a report. */
function tokenOf({ method, url = '', headers }: IncomingMessage): string | null {
  if (method !== 'POST' || !url.startsWith('/webhooks/plivo/status/')) return null;
  const isForm = FORM.test(headers['content-type'] ?? '');
  const length = Number(headers['content-length'] ?? NaN);
  if (!isForm || !(length <= LARGEST_BODY) || headers['content-encoding'] !== undefined || headers.expect !== undefined)
    return null;
  return STATUS_PATH.exec(url)?.[1] ?? null;
}

async function takeReport(
  { receipts, isSigned }: ReportListenerDeps,
  token: string,
  req: IncomingMessage & { body?: FormFields },
  res: ServerResponse,
): Promise<boolean> {
  try {
    const params = parseForm(await bodyOf(req)) as FormFields;
    req.body = params;
    const { url: path = '', headers } = req;
    if (!isSigned({ path, params, headers: plivosOf(headers) })) return false;
    const parsed = parseStatusCallback(token, params);
    if (parsed.kind !== 'report') return false;
    const result = await receipts.receive(parsed.report);
    if (result === 'unknown_token' || result === 'unknown_recipient') return false;
    res.writeHead(204, { 'X-Request-Id': randomUUID(), 'Cache-Control': 'no-store' });
    res.end();
    return true;
  } catch {
    return false;
  }
}

/** As `Content-Length` is within the limit, so is the body: Node ends it there. */
function bodyOf(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    req.setEncoding('utf8');
    req.on('data', (part: string) => (text += part));
    req.on('end', () => resolve(text));
    req.on('error', reject);
    req.on('aborted', () => reject(new Error('The request was aborted.')));
  });
}

function plivosOf(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const plivos: IncomingMessage['headers'] = {};
  for (const name in headers) if (name.startsWith('x-plivo-')) plivos[name] = headers[name];
  return plivos;
}
