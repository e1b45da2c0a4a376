import { AUTH_ID, AUTH_TOKEN, type TestService } from './testService';

/** Another program on the same Plivo account texts these people in one call. */
export async function textAsOtherSoftware(
  { simulator }: TestService,
  recipients: readonly string[],
  src = '14155550100',
  address?: string,
): Promise<void> {
  const auth = Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64');
  const answer = await fetch(`${simulator.url}/v1/Account/${AUTH_ID}/Message/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${auth}`,
      ...(address === undefined ? {} : { 'x-forwarded-for': address }),
    },
    body: JSON.stringify({ src, dst: recipients.join('<'), text: 'Your code is 1234.' }),
  });
  expect(answer.status).toBe(202);
}
