import { parseEnv } from '../../config/env';
import { gapsIn } from '../../config/gaps';

const SOUND = {
  PLIVO_AUTH_ID: 'MAEXAMPLE',
  PLIVO_AUTH_TOKEN: 'token',
  PLIVO_SENDER_ID: '+14155550100',
  PUBLIC_URL: 'https://sms.example.com',
  API_KEY: 'a-long-key',
};

it('A sound configuration has nothing to be warned of', () => {
  expect(gapsIn(parseEnv(SOUND))).toEqual([]);
});

it.each([
  ['no key', { API_KEY: '' }, /^API_KEY is not set/],
  ['any number of proxies', { TRUST_PROXY: 'true' }, /^TRUST_PROXY=true/],
  ['no public address', { PUBLIC_URL: '' }, /^PUBLIC_URL is not set/],
  ['Plivo over plain http', { PLIVO_API_URL: 'http://plivo.example.com/v1' }, /^PLIVO_API_URL is plain http/],
  ['Plivo at an address that begins as our own', { PLIVO_API_URL: 'http://127.evil.example/v1' }, /^PLIVO_API_URL/],
])('%s is warned of at the start', (_what, change, sentence) => {
  expect(gapsIn(parseEnv({ ...SOUND, ...change }))).toEqual([expect.stringMatching(sentence)]);
});

it.each(['http://127.0.0.1:4010', 'http://localhost:4010', 'http://[::1]:4010', 'https://api.plivo.com'])(
  'Plivo at %s is not warned of',
  (url) => {
    expect(gapsIn(parseEnv({ ...SOUND, PLIVO_API_URL: url }))).toEqual([]);
  },
);
