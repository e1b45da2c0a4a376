import type { StateTable } from '../../domain/states/stateTable';

/** Draws a state table as a mermaid state diagram. Events that lead from one state to the same other share an arrow. */
export function drawStates<State extends string, Event extends string>(table: StateTable<State, Event>): string {
  const lines = ['stateDiagram-v2'];
  for (const [from, transitions] of Object.entries<Readonly<Partial<Record<Event, State>>>>(table)) {
    const events = new Map<string, string[]>();
    for (const [event, to] of Object.entries<State | undefined>(transitions)) {
      // An event that changes nothing is no arrow.
      if (to !== undefined && to !== from) events.set(to, [...(events.get(to) ?? []), event]);
    }
    for (const [to, names] of events) lines.push(`  ${from} --> ${to}: ${names.join(', ')}`);
    if (events.size === 0) lines.push(`  ${from} --> [*]`);
  }
  return lines.join('\n');
}
