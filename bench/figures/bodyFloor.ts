import type { BodyFormat } from '../load/bodies';
import type { BareServerProcess } from '../processes/bareServer';
import type { CallerProcess } from '../processes/caller';
import type { JsonParseProcess } from '../processes/jsonParse';
import { API_KEY } from '../stage/account';
import { startActor, type Actor } from '../stage/actor';

/** The least that must be done with a body. */
export type BodyFloor = {
  readonly name: string;
  /** Milliseconds. */
  measure(): Promise<number>;
  close(): Promise<void>;
};

/** JSON must be parsed; every other format must at least be received. `caller` has the body ready. */
export async function openBodyFloor(
  format: BodyFormat,
  size: number,
  caller: Actor<CallerProcess>,
): Promise<BodyFloor> {
  if (format === 'json') {
    const parser = startActor<JsonParseProcess>('jsonParse');
    await parser.ask('prepare', size);
    return { name: 'JSON.parse', measure: () => parser.ask('measure'), close: () => parser.close() };
  }
  const server = startActor<BareServerProcess>('bareServer');
  const url = await server.ask('start', 'http');
  return {
    name: 'node:http, reading it',
    measure: async () => (await caller.ask('post', { url, key: API_KEY })).ms,
    close: () => server.close(),
  };
}
