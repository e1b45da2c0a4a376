import type { Broadcast, Broadcaster } from '../../client/index';
import { EXIT } from './exitCode';
import { show, type Output } from './output';
import { broadcastLines, progressBar } from './words';

/** Shows what happens to a broadcast until it is final: a bar for people, a line of JSON for each event for programs. */
export async function showFollowing(sms: Broadcaster, id: string, output: Output): Promise<number> {
  for await (const event of sms.follow(id)) {
    if (!output.isForPeople) output.write(`${JSON.stringify(event)}\n`);
    else if (event.type === 'progress') output.write(`\r\u001b[2K${progressBar(event.broadcast, output.columns)}`);
  }
  const broadcast = await sms.broadcast(id);
  if (output.isForPeople) {
    output.write('\n');
    show(output, broadcast, broadcastLines(broadcast));
  }
  return endedAs(broadcast);
}

const endedAs = ({ status }: Broadcast): number => (status === 'completed' ? EXIT.well : EXIT.notAllSent);
