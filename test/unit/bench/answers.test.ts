import { answersIn } from '../../../bench/hostility/judging/answers';

const read = (text: string, isHead = false) => answersIn(Buffer.from(text, 'latin1'), isHead);

describe('answers that came over a connection', () => {
  it('are told apart by their lengths', () => {
    const answers = read(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx',
    );
    expect(answers.map(({ status, body, isWhole }) => [status, body, isWhole])).toEqual([
      [200, '{}', true],
      [404, 'x', true],
    ]);
  });

  it('are put together from their chunks, and have all headers of one name', () => {
    const [answer] = read(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nVary: a\r\nvary: b\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
    );
    expect(answer).toMatchObject({ body: 'abc', isWhole: true, headers: { vary: 'a, b' } });
  });

  it.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'],
  ])('are known to be cut off, by %s', (_by, text) => {
    expect(read(text)).toMatchObject([{ isWhole: false }]);
  });

  it('have no body where none belongs, whatever length they say', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', true)).toMatchObject([{ body: '', isWhole: true }]);
    expect(read('HTTP/1.1 204 No Content\r\n\r\n')).toMatchObject([{ body: '', isWhole: true }]);
  });

  it('do not count the word to go on', () => {
    const answers = read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n');
    expect(answers.map(({ status }) => status)).toEqual([202]);
  });

  it('are none where there is no HTTP', () => {
    expect(() => read('SSH-2.0-x\r\n')).toThrow('no answer');
  });
});
