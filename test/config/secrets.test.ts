import { parseEnv } from '../../config/env';
import { secretsOf } from '../../config/secrets';

const ENOUGH = { PLIVO_AUTH_ID: 'MAEXAMPLE', PLIVO_AUTH_TOKEN: 'plivo-token', PLIVO_SENDER_ID: '+14155550100' };
const secretsWith = (change: Record<string, string>) => secretsOf(parseEnv({ ...ENOUGH, ...change }));

it.each([
  ['both keys', { API_KEY: 'first-long-key,second-long-key' }, ['first-long-key', 'second-long-key']],
  ['the token of /metrics', { METRICS_TOKEN: 'metrics-token-of-ours' }, ['metrics-token-of-ours']],
  ['the token of the inbound address', { INBOUND_TOKEN: 'a'.repeat(32) }, ['a'.repeat(32)]],
  ['the password of the database', { DATABASE_URL: 'postgres://sms:s3cret@db/sms' }, [':s3cret@']],
  ['one with a colon and an at sign', { DATABASE_URL: 'postgresql://sms:s3:c@ret@db/sms' }, [':s3:c@ret@']],
  ['one behind the question mark', { DATABASE_URL: 'postgres://db/sms?user=sms&password=s3cret' }, ['password=s3cret']],
])('Of the configuration %s must not be logged', (_what, change, secrets) => {
  expect(secretsWith(change)).toEqual(expect.arrayContaining([...secrets, 'plivo-token', 'MAEXAMPLE']));
});

it.each([
  ['a database without a password', { DATABASE_URL: 'postgres://sms@db:5432/sms' }],
  ['a file', { DATABASE_URL: 'sqlite:data/sms.db' }],
  ['an inbound address that is not there', { INBOUND_TOKEN: 'none' }],
])('Of %s nothing is a secret', (_what, change) => {
  expect(secretsWith(change)).toEqual(['plivo-token', 'MAEXAMPLE']);
});
