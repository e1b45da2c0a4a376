import { runSmoke } from '../../src/cli/smoke/runSmoke';
import { API_KEY, startTestService, type TestService, type TestServiceOptions } from '../support/testService';

const TO = ['+14155550101', '+447700900101'];

describe('npm run smoke', () => {
  let test: TestService | null = null;
  afterEach(async () => {
    await test?.stop();
    test = null;
  });

  async function smoke(options: TestServiceOptions, to: readonly string[], key = API_KEY) {
    test = await startTestService(options);
    const lines: string[] = [];
    const isWell = await runSmoke({ url: `${test.url}/`, key, to, print: (line) => lines.push(line), followMs: 3000 });
    return { isWell, lines, texts: test.simulator.texts() };
  }

  it('finds nothing wrong with a service that works, and follows its broadcast to the last report', async () => {
    const { isWell, lines, texts } = await smoke({}, TO);
    expect(lines.filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(lines).toContain('✓ a wrong key is refused');
    expect(lines).toContain('✓ delivery reports: 2 delivered');
    expect(lines.at(-1)).toBe('All checks passed.');
    expect(isWell).toBe(true);
    expect(texts.size).toBe(2);
  });

  it('texts nobody who was not named, and says so', async () => {
    const { isWell, lines, texts } = await smoke({}, []);
    expect(lines).toContain('– broadcast: nobody was texted; name somebody with --to');
    expect(isWell).toBe(true);
    expect(texts.size).toBe(0);
  });

  it('fails with the details of the problem, and never shows the key', async () => {
    const { isWell, lines, texts } = await smoke({}, TO, 'another-key-0123456789');
    expect(isWell).toBe(false);
    expect(lines.find((line) => line.includes('the key is taken'))).toMatch(
      /^✗ the key is taken: expected 200, got 403: The API key is not valid\. \(request [\w-]+\)$/,
    );
    expect(lines.join('\n')).not.toContain('another-key');
    expect(texts.size).toBe(0);
  });

  it('fails where the service lets everybody in', async () => {
    const { isWell, lines } = await smoke({ env: { API_KEY: '' } }, []);
    expect(isWell).toBe(false);
    expect(lines).toContain('✗ no key is refused: expected 401, got 200');
  });

  it('fails where somebody was not reached', async () => {
    const { isWell, lines } = await smoke({ simulator: { undeliveredShare: 1 } }, TO);
    expect(isWell).toBe(false);
    expect(lines).toContain('✗ delivery reports: 0 of 2 delivered');
  });

  it('says what it waited for where nothing answers', async () => {
    const lines: string[] = [];
    const isWell = await runSmoke({
      url: 'http://127.0.0.1:9',
      key: API_KEY,
      to: TO,
      print: (line) => lines.push(line),
    });
    expect(isWell).toBe(false);
    expect(lines[0]).toMatch(/^✗ health: live: GET \/health\/live: /);
  });
});
