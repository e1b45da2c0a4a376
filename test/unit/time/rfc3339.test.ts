import { parseRfc3339 } from '../../../src/domain/time/rfc3339';

describe('a time by RFC 3339', () => {
  it.each([
    '2030-01-31T09:00:00Z',
    '2030-01-31t09:00:00z',
    '2028-02-29T23:59:59.999Z',
    '2030-01-31T09:00:00.5+02:00',
    '2030-01-31T09:00:00.123456-11:30',
    '1969-12-31T23:59:59Z',
  ])('is the moment that a calendar has for it: %s', (time) => {
    expect(parseRfc3339(time)).toBe(Date.parse(time.toUpperCase()));
  });

  it.each([
    '2030-02-31T09:00:00Z',
    '2030-13-01T09:00:00Z',
    '2030-01-31T24:00:00Z',
    '2030-01-31T09:00:60Z',
    '2030-01-31T09:00Z',
    '2030-01-31T09:00:00',
    '2030-01-31 09:00:00Z',
    '2030-01-31T09:00:00+25:00',
    '2030-01-31T09:00:00Z\n',
    '',
    null,
    1_900_000_000_000,
  ])('is nothing else: %j', (time) => {
    expect(parseRfc3339(time)).toBeNull();
  });
});
