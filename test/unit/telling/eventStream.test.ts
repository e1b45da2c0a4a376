import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { openEventStream } from '../../../src/routes/telling/eventStream';

/** An answer whose reader takes what comes only while `takes` says so. */
class FakeAnswer extends EventEmitter {
  takes = true;
  isDestroyed = false;
  isEnded = false;
  readonly written: string[] = [];
  status = () => this;
  set = () => this;
  removeHeader = () => undefined;
  write(text: Buffer | string): boolean {
    this.written.push(String(text));
    return this.takes;
  }
  end(): void {
    this.isEnded = true;
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

describe('a stream of events', () => {
  let nowMs = 0;
  let answer: FakeAnswer;
  const open = () => {
    nowMs = 0;
    answer = new FakeAnswer();
    return openEventStream(answer as unknown as Response, {
      monotonicMs: () => nowMs,
      sleep: (ms) => new Promise((resolve) => sleeping.push({ ms, wake: resolve })),
    });
  };
  const sleeping: { ms: number; wake: () => void }[] = [];

  it('keeps only the latest of each event for a reader who is behind, and gives it in order', () => {
    const stream = open();
    answer.takes = false;
    stream.tell({ name: 'progress 1', frame: Buffer.from('a1') });
    for (const frame of ['a2', 'a3']) stream.tell({ name: 'progress 1', frame: Buffer.from(frame) });
    stream.tell({ name: 'progress 2', frame: Buffer.from('b1') });
    stream.tell({ name: 'progress 1', frame: Buffer.from('a4') });
    expect(answer.written.slice(1)).toEqual(['a1']);
    answer.takes = true;
    answer.emit('drain');
    expect(answer.written.slice(1)).toEqual(['a1', 'b1', 'a4']);
    stream.tell({ name: 'progress 1', frame: Buffer.from('a5') });
    expect(answer.written.at(-1)).toBe('a5');
    expect(answer.isDestroyed).toBe(false);
  });

  it('drops a reader who takes nothing for twenty seconds', () => {
    const stream = open();
    answer.takes = false;
    stream.tell({ name: 'progress 1', frame: Buffer.from('a1') });
    nowMs = 19_000;
    stream.beat();
    expect(answer.isDestroyed).toBe(false);
    nowMs = 21_000;
    stream.beat();
    expect(answer.isDestroyed).toBe(true);
  });

  it('shows that the line is alive, and ends once all is told', () => {
    const stream = open();
    stream.beat();
    expect(answer.written.at(-1)).toMatch(/^:/);
    answer.takes = false;
    stream.tell({ name: 'progress 1', frame: Buffer.from('a1') });
    stream.tell({ name: 'end 1', frame: Buffer.from('e1') });
    stream.end();
    expect(answer.isEnded).toBe(false);
    answer.takes = true;
    answer.emit('drain');
    expect(answer.written.slice(-2)).toEqual(['a1', 'e1']);
    expect(answer.isEnded).toBe(true);
  });

  it('is given up where its reader has not taken the end of it in twenty seconds', async () => {
    const stream = open();
    answer.takes = false;
    stream.tell({ name: 'end 1', frame: Buffer.from('e1') });
    stream.end();
    expect(answer.isDestroyed).toBe(false);
    const { ms, wake } = sleeping.pop()!;
    expect(ms).toBe(20_000);
    wake();
    await Promise.resolve();
    expect(answer.isDestroyed).toBe(true);
  });
});
