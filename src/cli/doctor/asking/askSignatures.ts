import { randomBytes, randomUUID } from 'node:crypto';
import { signatureHeaders } from '../../../simulator/formats/signatures';
import type { SignatureFacts } from '../facts';
import { askWeb } from './askWeb';

/** A number set aside for examples; the report is of no batch, so that it is of nobody. */
const NOBODY = '14155550100';

/**
 * Posts a delivery report twice, with Plivo's signature and with a wrong one. Its address names no batch, so it changes
 * nothing: whose signature is good is told that there is no such batch, the other that its signature is not.
 *
 * Signed by what plays Plivo, not by what checks: one mistake cannot hide in both.
 */
export async function askSignatures(
  publicUrl: string,
  { authToken, timeoutMs }: { readonly authToken: string; readonly timeoutMs: number },
): Promise<SignatureFacts> {
  const url = `${publicUrl}/webhooks/plivo/status/doctor-${randomBytes(16).toString('hex')}`;
  const post = (token: string) => {
    const form = { MessageUUID: randomUUID(), To: NOBODY, From: NOBODY, Status: 'queued', Sequence: '1' };
    const request = { method: 'POST', url, fields: form, nonce: randomUUID(), authToken: token } as const;
    return askWeb(url, timeoutMs, { headers: signatureHeaders(request, 'both'), form });
  };
  const [signed, forged] = await Promise.all([post(authToken), post(randomBytes(20).toString('hex'))]);
  return { signed, forged };
}
