import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

type Named = { readonly id: string };

/**
 * Keeps new rows out of a list as long as the reader points at one of its rows or has the focus there: nothing moves away
 * from under a hand. What is there goes on changing in its place.
 *
 * @param about lets everything in when it changes
 */
export function useSteady<T extends Named>(about: string, rows: readonly T[]) {
  const isHeld = useSignal(false);
  const letIn = useRef<{ readonly about: string; readonly ids: ReadonlySet<string> } | null>(null);
  const known = letIn.current?.about === about ? letIn.current.ids : null;
  const isKept = isHeld.value && known !== null && known.size > 0;
  const shown = isKept ? rows.filter(({ id }) => known.has(id)) : rows;
  if (!isKept) letIn.current = { about, ids: new Set(rows.map(({ id }) => id)) };
  const look = (list: HTMLElement) => {
    isHeld.value = list.matches(':hover, :focus-within');
  };
  return {
    shown,
    /** How many wait to be let in. */
    waiting: rows.length - shown.length,
    showAll: () => {
      letIn.current = null;
      isHeld.value = false;
    },
    onMove: (event: { readonly currentTarget: HTMLElement }) => look(event.currentTarget),
    /** Where the focus goes is known only after it has left. */
    onLeave: (event: { readonly currentTarget: HTMLElement }) => {
      const list = event.currentTarget;
      requestAnimationFrame(() => look(list));
    },
  };
}
