import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, parseEnv } from '../../config/env';
import { plivoConfig } from '../../config/plivoConfig';

const ENOUGH = { PLIVO_AUTH_ID: 'MAEXAMPLE', PLIVO_AUTH_TOKEN: 'token', PLIVO_SENDER_ID: '+14155550100' };
const WITHOUT_SENDER = { ...ENOUGH, PLIVO_SENDER_ID: '' };
const WITHOUT_TOKEN = { ...ENOUGH, PLIVO_AUTH_TOKEN: '' };

/** The faults of a configuration; empty when there are none. */
function faultsOf(raw: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    parseEnv(raw);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

describe('a sender that is missing', () => {
  it.each([
    ['the rates of senders', { PLIVO_SENDER_RATES: 'ACME' }],
    ['the horizon', { PLIVO_HORIZON_SECONDS: 'x' }],
  ])('is named beside %s that are wrong', (_what, wrong) => {
    const faults = faultsOf({ ...WITHOUT_SENDER, ...wrong });
    expect(faults).toEqual([
      expect.stringContaining(Object.keys(wrong)[0]!),
      expect.stringMatching(/^PLIVO_SENDER_ID: is missing/),
    ]);
  });

  it.each([{ PLIVO_SENDERS: '1' }, { PLIVO_SENDER_ID: '!' }])(
    'is not named beside %j, which should have been one',
    (wrong) => {
      expect(faultsOf({ ...WITHOUT_SENDER, ...wrong })).toHaveLength(1);
    },
  );
});

describe('a configuration with an account and a sender', () => {
  const env = parseEnv(ENOUGH);

  it.each([
    ['NODE_ENV', 'development'],
    ['PORT', 3000],
    ['HOST', '0.0.0.0'],
    ['API_KEY', undefined],
    ['PLIVO_API_URL', 'https://api.plivo.com'],
    ['PLIVO_BULK_MESSAGE_LIMIT', 1000],
    ['PLIVO_BATCH_DELAY_MS', 250],
    ['PLIVO_CALL_SPACING_MS', 20],
    ['PLIVO_MAX_CONCURRENCY', 4],
    ['PLIVO_MAX_ATTEMPTS', 5],
    ['PLIVO_RETRY_BASE_MS', 200],
    ['PLIVO_TIMEOUT_MS', 30_000],
    ['PLIVO_HORIZON_SECONDS', 3600],
    ['PLIVO_UNCONFIRMED', 'reconcile'],
    ['PLIVO_LOG', 'true'],
    ['PLIVO_RECONCILE_AFTER_MS', 60_000],
    ['PUBLIC_URL', undefined],
    ['DATABASE_URL', 'sqlite:data/broadcaster.db'],
    ['BODY_LIMIT', 32 * 1024 * 1024],
    ['MAX_RECIPIENTS', 1_000_000],
    ['BROADCAST_WAIT_MS', 10_000],
    ['RATE_LIMIT_WINDOW_MS', 900_000],
    ['RATE_LIMIT_MAX', 100],
    ['RATE_LIMIT_READS_MAX', 6000],
    ['LOG_LEVEL', 'info'],
    ['SHUTDOWN_TIMEOUT_MS', 10_000],
  ] as const)('has %s %p by default', (name, value) => {
    expect(env[name]).toEqual(value);
  });

  it('takes blank variables for unset, as container tools write them', () => {
    expect(parseEnv({ ...ENOUGH, PORT: '', PUBLIC_URL: '', API_KEY: '', API_KEY_FILE: '' })).toEqual(env);
  });
});

describe('a value', () => {
  it.each([
    ['PORT', '0', 0],
    ['API_KEY', 'old-key, new-key,', ['old-key', 'new-key']],
    ['OPT_OUT_KEYWORDS', 'FINISH, no más,', ['FINISH', 'no más']],
    ['BODY_LIMIT', '500kb', 500 * 1024],
    ['BODY_LIMIT', '1.5 MB', 1.5 * 1024 * 1024],
    ['BODY_LIMIT', '1048576', 1_048_576],
    ['PLIVO_MESSAGES_PER_SECOND', '0.25', 0.25],
    [
      'PLIVO_SENDER_RATES',
      '+14155550100:1.25, ACME:shortcode',
      new Map([
        ['14155550100', { sender: '+14155550100', unitsPerSecond: 1.25 }],
        ['acme', { sender: 'ACME', unitsPerSecond: 100 }],
      ]),
    ],
    ['PLIVO_SENDER_ID', 'ACME Shop', 'ACME Shop'],
    ['PLIVO_SENDER_ID', '55555', '55555'],
    ['PUBLIC_URL', 'https://sms.example.com/base/', 'https://sms.example.com/base'],
    ['DATABASE_URL', 'postgresql://sms@db.example.com/sms', 'postgresql://sms@db.example.com/sms'],
    ['TRUST_PROXY', 'false', false],
    ['TRUST_PROXY', 'true', true],
    ['TRUST_PROXY', '2', 2],
    ['TRUST_PROXY', 'loopback, 10.0.0.0/8', 'loopback, 10.0.0.0/8'],
    ['RATE_LIMIT_MAX', '0', 0],
  ] as const)('%s=%s is read as %p', (name, text, value) => {
    expect(parseEnv({ ...ENOUGH, [name]: text })[name]).toEqual(value);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['PLIVO_BULK_MESSAGE_LIMIT', '0'],
    ['PLIVO_BULK_MESSAGE_LIMIT', '1001'],
    ['PLIVO_MESSAGES_PER_SECOND', '0'],
    ['PLIVO_SENDER_RATES', '+14155550100:fast'],
    ['PLIVO_SENDER_ID', '00000'],
    ['PLIVO_SENDER_ID', '00447876574016'],
    ['PLIVO_SENDER_ID', '+0447700900'],
    ['PLIVO_SENDERS', '44:00447876574016'],
    ['TRUST_PROXY', 'yes'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', 'loopback,proxy.example.com'],
    ['PLIVO_SENDER_ID', 'TwelveLetter'],
    ['PLIVO_SENDER_ID', '+1 415 555 0100'],
    ['PLIVO_UNCONFIRMED', 'resend'],
    ['PUBLIC_URL', 'sms.example.com'],
    ['PUBLIC_URL', 'ftp://sms.example.com'],
    ['PUBLIC_URL', 'https://sms.example.com/?a=b'],
    ['DATABASE_URL', 'mysql://localhost/sms'],
    ['DATABASE_URL', 'sqlite:'],
    ['BODY_LIMIT', 'much'],
    ['BODY_LIMIT', '0mb'],
    ['API_KEY', ' , '],
    ['OPT_OUT_KEYWORDS', 'FINISH,🛑'],
    ['OPT_OUT_KEYWORDS', 'start'],
    ['OPT_OUT_KEYWORDS', 'help,FINISH'],
    ['OPT_OUT_KEYWORDS', 'please never write to me again'],
    ['LOG_LEVEL', 'loud'],
  ] as const)('%s=%s is refused by name', (name, text) => {
    const faults = faultsOf({ ...ENOUGH, [name]: text });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name}: `));
  });
});

describe('a configuration with several faults', () => {
  it('lists all of them at once, each with its remedy', () => {
    expect(faultsOf({ NODE_ENV: 'production', PORT: 'x', PLIVO_AUTH_TOKEN: 'token' })).toEqual([
      'PORT: must be a whole number from 0 to 65535',
      'PLIVO_AUTH_ID: is missing; set it to the Auth ID shown on the overview page of the Plivo console',
      'PLIVO_SENDER_ID: is missing; set it to your Plivo number or sender, or set PLIVO_POWERPACK_UUID',
      'API_KEY: is missing; with NODE_ENV=production callers must authenticate, so set it to a long random value',
    ]);
  });

  it('never repeats a secret', () => {
    const message = faultsOf({ PLIVO_AUTH_TOKEN: 'very-secret', API_KEY: ',', PORT: 'x' }).join('\n');
    expect(message).not.toContain('very-secret');
  });
});

describe('the public address', () => {
  const formsOf = (url: string) => plivoConfig(parseEnv({ ...ENOUGH, PUBLIC_URL: url }));

  it.each(['https://SMS.Example.com:443', 'https://SMS.Example.com:443/', 'https://sms.example.com'])(
    'is known as it was written and in its normal form: %s',
    (url) => {
      const { publicUrl, publicUrlForms } = formsOf(url);
      expect(publicUrl).toBe('https://sms.example.com');
      expect(publicUrlForms).toEqual(
        expect.arrayContaining(['https://sms.example.com', url.replace(/\/$/, ''), 'https://sms.example.com:443']),
      );
    },
  );
});

describe('a sender', () => {
  it('is not needed beside a Powerpack, which goes first', () => {
    expect(plivoConfig(parseEnv({ ...WITHOUT_SENDER, PLIVO_POWERPACK_UUID: 'pack' })).origin).toEqual({
      powerpackUuid: 'pack',
    });
    expect(plivoConfig(parseEnv({ ...ENOUGH, PLIVO_POWERPACK_UUID: 'pack' })).origin).toEqual({
      powerpackUuid: 'pack',
    });
    expect(plivoConfig(parseEnv(ENOUGH)).origin).toEqual({ sender: '+14155550100' });
  });
});

describe('texts that are kept for the guard against duplicates', () => {
  it.each([
    ['1', '25', 2],
    ['0.5', '24', 1],
    ['30', '8760', 365],
  ])('are not removed before it has done with them: %s days and %s hours are refused', (days, hours, enough) => {
    expect(faultsOf({ ...ENOUGH, RETENTION_DAYS: days, DUPLICATE_WINDOW_HOURS: hours })).toEqual([
      expect.stringMatching(
        new RegExp(`^RETENTION_DAYS: .*DUPLICATE_WINDOW_HOURS=${hours} .*set it to ${enough} or more`),
      ),
    ]);
  });

  it.each([
    ['0', '8760'],
    ['1', '24'],
    ['1', '0'],
    ['0.5', '12'],
  ])('are kept long enough by %s days for %s hours', (days, hours) => {
    expect(faultsOf({ ...ENOUGH, RETENTION_DAYS: days, DUPLICATE_WINDOW_HOURS: hours })).toEqual([]);
  });
});

describe('what a cap on texts has to count', () => {
  const kept = (days: string, caps: string) =>
    faultsOf({ ...ENOUGH, RETENTION_DAYS: days, MAX_TEXTS_PER_PERSON: caps });

  it.each([
    ['6', '3/7d', 7],
    ['0.5', '1/12h,2/13h', 1],
  ])('is not removed before: %s days and %s are refused', (days, caps, enough) => {
    expect(kept(days, caps)).toEqual([
      expect.stringMatching(
        new RegExp(`^RETENTION_DAYS: .*MAX_TEXTS_PER_PERSON=${caps} .*set it to ${enough} or more`),
      ),
    ]);
  });

  it.each([
    ['0', '3/366d'],
    ['7', '3/7d'],
    ['0.5', '1/12h'],
  ])('is kept long enough by %s days for %s', (days, caps) => {
    expect(kept(days, caps)).toEqual([]);
  });

  it('is said how to write where it is written otherwise', () => {
    expect(kept('0', '3 a week')).toEqual([expect.stringMatching(/^MAX_TEXTS_PER_PERSON: .*such as 3\/7d/)]);
  });
});

describe('in production', () => {
  it('an API key is required, and enough', () => {
    expect(faultsOf({ ...ENOUGH, NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^API_KEY: is missing/)]);
    expect(faultsOf({ ...ENOUGH, NODE_ENV: 'production', API_KEY: 'long-random-value' })).toEqual([]);
    expect(faultsOf({ ...ENOUGH, NODE_ENV: 'production', API_KEY: 'long-random-value,a' })).toEqual([
      expect.stringMatching(/^API_KEY: .*8 characters/),
    ]);
  });
});

describe('a secret in a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    writeFileSync(join(folder, 'token'), 'token-of-the-file\n');
    writeFileSync(join(folder, 'empty'), '\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is read, without the line end that editors add', () => {
    const env = parseEnv({ ...WITHOUT_TOKEN, PLIVO_AUTH_TOKEN_FILE: join(folder, 'token') });
    expect(env.PLIVO_AUTH_TOKEN).toBe('token-of-the-file');
  });

  it('is refused beside the variable itself: nobody could tell which of them counts', () => {
    expect(faultsOf({ ...ENOUGH, PLIVO_AUTH_TOKEN_FILE: join(folder, 'token') })).toEqual([
      'PLIVO_AUTH_TOKEN: is set both directly and by PLIVO_AUTH_TOKEN_FILE; remove one of them',
    ]);
  });

  it('that cannot be read is named, with the reason', () => {
    const faults = faultsOf({ ...WITHOUT_TOKEN, PLIVO_AUTH_TOKEN_FILE: join(folder, 'absent') });
    expect(faults[0]).toBe('PLIVO_AUTH_TOKEN_FILE: cannot be read (ENOENT); name a readable file');
  });

  it('that is empty is refused', () => {
    const faults = faultsOf({ ...WITHOUT_TOKEN, PLIVO_AUTH_TOKEN_FILE: join(folder, 'empty') });
    expect(faults).toEqual([expect.stringMatching(/^PLIVO_AUTH_TOKEN: /)]);
  });
});

describe('what Plivo keeps of a text', () => {
  it('must not be less than lost answers are looked up by', () => {
    expect(faultsOf({ ...ENOUGH, PLIVO_LOG: 'false' })).toEqual([
      expect.stringMatching(/^PLIVO_LOG: false .*mask.*set it to number_only.*PLIVO_UNCONFIRMED to hold/),
    ]);
  });

  it.each([
    ['true', 'reconcile'],
    ['number_only', 'reconcile'],
    ['false', 'hold'],
    ['false', 'retry'],
  ])('may be %s with PLIVO_UNCONFIRMED=%s', (log, unconfirmed) => {
    expect(faultsOf({ ...ENOUGH, PLIVO_LOG: log, PLIVO_UNCONFIRMED: unconfirmed })).toEqual([]);
  });

  it('is one of three', () => {
    expect(faultsOf({ ...ENOUGH, PLIVO_LOG: 'content_only' })).toEqual([expect.stringMatching(/^PLIVO_LOG: /)]);
  });
});

describe('webhooks', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const hooks = { ...ENOUGH, WEBHOOK_URL: 'https://app.example.com/events', WEBHOOK_SECRET: secret };

  it.each([
    ['without a secret', { WEBHOOK_SECRET: '' }, /^WEBHOOK_SECRET: is missing/],
    ['with a secret that is too short', { WEBHOOK_SECRET: 'whsec_c2hvcnQ=' }, /^WEBHOOK_SECRET: must be whsec_/],
    ['by plain http', { WEBHOOK_URL: 'http://app.example.com/' }, /^WEBHOOK_URL: must be https/],
    ['with a password in the address', { WEBHOOK_URL: 'https://me:word@app.example.com/' }, /^WEBHOOK_URL: must be/],
    [
      'of an event that there is not',
      { WEBHOOK_EVENTS: 'broadcast.completed,broadcast.lost' },
      /^WEBHOOK_EVENTS: must be/,
    ],
    ['with an unclear wish', { WEBHOOK_ALLOW_PRIVATE: 'yes' }, /^WEBHOOK_ALLOW_PRIVATE: must be true or false/],
  ])('cannot be told %s', (_what, more, fault) => {
    expect(faultsOf({ ...hooks, ...more })).toEqual([expect.stringMatching(fault)]);
  });

  it('may be signed with two secrets, and go inside the network where that is allowed', () => {
    const env = parseEnv({
      ...hooks,
      WEBHOOK_SECRET: `${secret},${secret}`,
      WEBHOOK_URL: 'http://hooks:8080/',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      WEBHOOK_EVENTS: 'recipients.updated',
    });
    expect(env).toMatchObject({ WEBHOOK_SECRET: [secret, secret], WEBHOOK_EVENTS: ['recipients.updated'] });
  });
});
