export type StreamedEvent = { readonly id: string; readonly event: string; readonly data: string };

/**
 * The events of a server-sent stream, as the format has them: comments are passed over, an event without data is none, and one
 * that the stream ends within is not told.
 *
 * @param onBytes told of everything that comes, comments included
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<StreamedEvent, void, undefined> {
  let id = '';
  let event = '';
  let data: string[] = [];
  for await (const line of linesOf(body, onBytes)) {
    if (line !== '') {
      const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (name === 'data') data.push(value);
      if (name === 'event') event = value;
      if (name === 'id' && !value.includes('\0')) id = value;
      continue;
    }
    if (data.length > 0) yield { id, event: event === '' ? 'message' : event, data: data.join('\n') };
    event = '';
    data = [];
  }
}

/** Lines end with a line feed, a carriage return, or both; the two may come in different pieces. */
async function* linesOf(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    let rest = '';
    // The line is told all the same: what follows may come only in a minute.
    let mayBeHalf = false;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      const text = decoder.decode(value, { stream: true });
      if (text === '') continue;
      rest += mayBeHalf && text.startsWith('\n') ? text.slice(1) : text;
      mayBeHalf = text.endsWith('\r');
      const lines = rest.split(/\r\n|\n|\r/);
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
