import { numbers } from '../../support/client';
import { send } from '../../support/compliance';
import { expectProblem } from '../../support/problem';
import { startTestService, type TestService } from '../../support/testService';

describe('the addresses of pictures', () => {
  let test: TestService;
  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.stop());
  const preview = (address: string) =>
    send(test, 'post', '/broadcast/preview', {
      recipients: numbers(1),
      message: 'Hi',
      mediaUrls: ['https://example.com/a.png', address],
    });

  it.each([
    'https://example.com/a.png?x=1#y',
    'https://sub.example.co.uk:8443/',
    'https://93.184.216.34/a.png',
    'https://[2606:2800:220:1::1]/a.png',
    'HTTPS://EXAMPLE.COM/ä.png',
  ])('may be public: %s', async (address) => {
    expect((await preview(address)).status).toBe(200);
  });

  it.each([
    ['the service itself', 'https://localhost/a.png'],
    ['the service itself, with a dot behind', 'https://localhost./a.png'],
    ['the service itself, by number', 'https://127.0.0.1/a.png'],
    ['the service itself, in other spellings', 'https://0x7f.1/a.png'],
    ['the service itself, as one number', 'https://2130706433/a.png'],
    ['the service itself, in IPv6', 'https://[::1]/a.png'],
    ['the service itself, as IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/a.png'],
    ['the service itself, through NAT64', 'https://[64:ff9b::7f00:1]/a.png'],
    ['every address', 'https://0.0.0.0/a.png'],
    ["a network of one's own", 'https://10.1.2.3/a.png'],
    ["a network of one's own, too", 'https://172.31.0.1/a.png'],
    ['a network at home', 'https://192.168.1.1/a.png'],
    ["a carrier's own network", 'https://100.64.0.1/a.png'],
    ['what clouds tell their machines', 'https://169.254.169.254/latest'],
    ['the neighbours in IPv6', 'https://[fe80::1]/a.png'],
    ["a network of one's own in IPv6", 'https://[fd00::1]/a.png'],
    ['a name within', 'https://files.internal/a.png'],
    ['a printer', 'https://printer.local/a.png'],
    ['a name without a dot', 'https://intranet/a.png'],
    ['a name and password', 'https://me:secret@example.com/a.png'],
    ['a name alone', 'https://me@example.com/a.png'],
    ['an empty name', 'https://@example.com/a.png'],
    ['a blank', 'https://example.com/a b.png'],
    ['a blank at its end', 'https://example.com/a.png '],
    ['a line break, which others pass over', 'https://exa\nmple.com/a.png'],
    ['no host', 'https:///a.png'],
    ['nothing', 'https://'],
    ['one slash', 'https:/example.com/a.png'],
    ['another protocol', 'http://example.com/a.png'],
  ])('are refused with %s', async (_what, address) => {
    const answer = await preview(address);
    expectProblem(answer, 400);
    expect(answer.body.errors).toEqual([
      expect.objectContaining({ path: 'mediaUrls', msg: expect.stringContaining('entry 1') }),
    ]);
  });
});
