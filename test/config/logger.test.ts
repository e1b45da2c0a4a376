import { createLogger, type LoggerOptions } from '../../config/logger';

/** What a logger writes, line by line. Winston writes to the stream below the console. */
function linesOf(options: Partial<LoggerOptions>, use: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const { _stdout: stream } = console as unknown as { _stdout: { write(text: string): boolean } };
  const written: string[] = [];
  const spy = jest.spyOn(stream, 'write').mockImplementation((text) => {
    written.push(text);
    return true;
  });
  try {
    use(createLogger({ level: 'info', json: true, secrets: ['s3cret-key'], context: () => ({}), ...options }));
  } finally {
    spy.mockRestore();
  }
  return written.join('').split('\n').filter(Boolean);
}

describe('the log', () => {
  it('is one JSON object a line, with the id of the request', () => {
    const context = () => ({ requestId: 'request-1' });
    const [line = ''] = linesOf({ context }, (logger) => logger.info('Accepted a broadcast', { batches: 3 }));
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      message: 'Accepted a broadcast',
      batches: 3,
      requestId: 'request-1',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  it('is readable for people where JSON is not asked for', () => {
    const [line] = linesOf({ json: false }, (logger) => logger.warn('Stopping', { signal: 'SIGTERM' }));
    expect(line).toMatch(/^\S+Z WARN {2}Stopping signal="SIGTERM"$/);
  });

  it('holds no number, text, key or token, wherever they stand', () => {
    const lines = linesOf({ level: 'debug' }, (logger) => {
      logger.debug('Sent to +14155550101');
      logger.info('Sent', { recipients: ['+14155550101'], text: 'Doors open', note: 'key s3cret-key', token: 'abc' });
      logger.error('Failed', { error: Object.assign(new Error('to 14155550101'), { moreInfo: 'Doors open' }) });
    });
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toMatch(/4155550101|Doors|s3cret|abc/);
  });

  it('leaves out what is below its level', () => {
    expect(linesOf({ level: 'warn' }, (logger) => logger.info('Listening'))).toEqual([]);
  });
});
