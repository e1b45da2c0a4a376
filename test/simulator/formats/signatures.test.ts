import { signV2, signV3 } from '../../../src/simulator/formats/signatures';

const EXAMPLE = {
  authToken: 'MAY_AUTH_TOKEN_EXAMPLE',
  url: 'https://h.example.com/cb',
  nonce: '12345678901234567890',
};
const FIELDS = { To: '14150000001', Status: 'delivered', MessageUUID: 'u-1', From: '14150000000' };

describe('Signatures', () => {
  test("V2 agrees with the example of Plivo's own libraries", () => {
    const signature = signV2({ url: 'https://answer.url', nonce: '12345', authToken: 'my_auth_token' });
    expect(signature).toBe('ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc=');
  });

  test('V2 covers the path and leaves out the query', () => {
    const signature = 'pIV/L5YPGGK9l0Xh1G89u64yAaoOhJAgBqS3spvdrQM=';
    expect(signV2(EXAMPLE)).toBe(signature);
    expect(signV2({ ...EXAMPLE, url: `${EXAMPLE.url}?batch=7` })).toBe(signature);
    expect(signV2({ ...EXAMPLE, url: `${EXAMPLE.url}/7` })).not.toBe(signature);
  });

  test('V3 covers the fields, in whatever order they come', () => {
    const signature = 'oiU5f3cgtUTJzrJzvu7ifeAGeBIYULm4WitD7UDqcUI=';
    expect(signV3({ ...EXAMPLE, method: 'POST', fields: FIELDS })).toBe(signature);
    expect(signV3({ ...EXAMPLE, method: 'POST', fields: { ...FIELDS, To: '14150000002' } })).not.toBe(signature);
  });

  test('V3 of a GET treats fields and query as one', () => {
    const asFields = signV3({ ...EXAMPLE, method: 'GET', fields: { a: '1', b: '2' } });
    expect(signV3({ ...EXAMPLE, url: `${EXAMPLE.url}?b=2&a=1`, method: 'GET', fields: {} })).toBe(asFields);
    expect(signV3({ ...EXAMPLE, url: `${EXAMPLE.url}?b=2`, method: 'GET', fields: { a: '1' } })).toBe(asFields);
  });
});
