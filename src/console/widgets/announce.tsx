import { signal } from '@preact/signals';

const SHOWN_MS = 6000;
const said = signal<{ text: string; isTrouble: boolean } | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says what has just been done, to the eye and to who listens. */
export function announce(text: string, isTrouble = false): void {
  clearTimeout(timer);
  said.value = { text, isTrouble };
  timer = setTimeout(() => {
    said.value = null;
  }, SHOWN_MS);
}

export function Announcements() {
  return (
    <div class="announcements" role="status" aria-live="polite">
      {said.value !== null && <p class={said.value.isTrouble ? 'trouble' : ''}>{said.value.text}</p>}
    </div>
  );
}
