import fc from 'fast-check';
import { readEvents, type StreamedEvent } from '../../../src/client/eventStream';

/** A stream whose bytes come in these pieces. */
const streamOf = (pieces: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });

async function eventsOf(pieces: readonly Uint8Array[]): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const event of readEvents(streamOf(pieces), () => undefined)) events.push(event);
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const message = (data: string, more: Partial<StreamedEvent> = {}) => ({ id: '', event: 'message', data, ...more });

// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
describe('a stream of events is read as the format has it:', () => {
  it.each<[string, string, StreamedEvent[]]>([
    [
      'an event with all its fields',
      'id: 7\nevent: progress\ndata: {}\n\n',
      [{ id: '7', event: 'progress', data: '{}' }],
    ],
    ['one without a name is a message', 'data: a\n\n', [message('a')]],
    ['several lines of data are joined by line feeds', 'data: a\ndata: b\n\n', [message('a\nb')]],
    ['only one blank after the colon is left out', 'data:  a\n\ndata:b\n\n', [message(' a'), message('b')]],
    ['a field without a colon has an empty value', 'data\n\n', [message('')]],
    ['comments are passed over', ': alive\n\ndata: a\n: more\n\n', [message('a')]],
    ['an event without data is none', 'event: progress\n\ndata: a\n\n', [message('a')]],
    [
      'the id stays for the events after it',
      'id: 1\ndata: a\n\ndata: b\n\n',
      ['a', 'b'].map((one) => message(one, { id: '1' })),
    ],
    ['an id with a zero in it is none', 'id: 1\0\ndata: a\n\n', [message('a')]],
    ['what it does not know is passed over', 'retry: 3000\nfoo: bar\ndata: a\n\n', [message('a')]],
    ['an event that it ends within is not told', 'data: a\n\ndata: b\n', [message('a')]],
    ['a colon in the value belongs to it', 'data: {"a":1}\n\n', [message('{"a":1}')]],
  ])('%s', async (_what, text, expected) => {
    expect(await eventsOf([bytes(text)])).toEqual(expected);
  });

  it('however its lines end, and wherever it is cut in pieces', async () => {
    const text = 'id: 3\nevent: progress\ndata: Grüße 🎉\ndata: zwei\n\n: alive\n\ndata: three\n\n';
    const whole = await eventsOf([bytes(text)]);
    expect(whole).toHaveLength(2);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('\n', '\r', '\r\n'),
        fc.array(fc.nat(120), { maxLength: 20 }),
        async (lineEnd, cuts) => {
          const all = bytes(text.replaceAll('\n', lineEnd));
          const places = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
          const pieces = places.slice(1).map((end, place) => all.slice(places[place], end));
          expect(await eventsOf(pieces)).toEqual(whole);
        },
      ),
    );
  });
});
