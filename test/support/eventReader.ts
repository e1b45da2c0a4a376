import { faultsOf } from './description/closedSchemas';
import { SCHEMAS, type Schema } from './description/description';
import { lookLater } from './description/exchanges';
import { eventually } from './eventually';
import { API_KEY, type TestService } from './testService';

export type ReadEvent = { readonly id: string; readonly event: string; readonly data: Record<string, unknown> };

/** Somebody who listens to a stream of events. */
export type EventReader = {
  readonly response: Response;
  readonly events: ReadEvent[];
  /** Names of what has come, in order. */
  names(): string[];
  /** Waits for an event that fits. */
  when(event: string, fits?: (data: Record<string, unknown>) => boolean): Promise<ReadEvent>;
  /** Waits until the service has ended the stream. */
  ended(): Promise<void>;
  leave(): void;
};

/** Listens at a path, as a client that reads the format by the letter. */
export async function listenTo(
  test: Pick<TestService, 'url'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventReader> {
  const leaving = new AbortController();
  const response = await fetch(`${test.url}${path}`, {
    headers: { 'x-api-key': API_KEY, ...headers },
    signal: leaving.signal,
  });
  const events: ReadEvent[] = [];
  let isOver = false;
  void readFrames(response, (frame) => events.push(...eventOf(frame).map(watched)))
    .catch(() => undefined)
    .finally(() => (isOver = true));
  return {
    response,
    events,
    names: () => events.map(({ event }) => event),
    when: (name, fits = () => true) =>
      eventually(() => events.find(({ event, data }) => event === name && fits(data)) ?? null),
    async ended() {
      await eventually(() => isOver);
    },
    leave: () => leaving.abort(),
  };
}

/** Each has to be as it is described, and nothing more. */
function watched(one: ReadEvent): ReadEvent {
  const described = SCHEMAS['StreamedData']!['properties'] as Record<string, Schema>;
  lookLater(() => {
    const schema = described[one.event];
    const faults = schema === undefined ? ['no such event'] : faultsOf(schema, one.data);
    return faults.map((fault) => `the event ${one.event}: ${fault}`);
  });
  return one;
}

async function readFrames(response: Response, take: (frame: string) => void): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    const frames = (rest + decoder.decode(part, { stream: true })).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) take(frame);
  }
}

function eventOf(frame: string): ReadEvent[] {
  const fields = Object.fromEntries(frame.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
  if (fields['event'] === undefined) return [];
  return [
    { id: fields['id'] ?? '', event: fields['event'], data: JSON.parse(fields['data'] ?? '') as ReadEvent['data'] },
  ];
}
