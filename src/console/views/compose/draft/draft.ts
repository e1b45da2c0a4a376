import { signal } from '@preact/signals';
import { forgetAttempts } from '../../../api/attempts';
import { whenSignedOut } from '../../../api/session';

/** What has been entered, all as text. */
export type Draft = {
  readonly pasted: string;
  /** The name of the file, to say which one has to be chosen again after a reload. */
  readonly fileName: string;
  readonly column: string;
  readonly lists: readonly string[];
  readonly exceptLists: readonly string[];
  readonly message: string;
  readonly template: string;
  readonly name: string;
  readonly sender: string;
  readonly when: 'now' | 'later' | 'local';
  readonly at: string;
  readonly quietHours: string;
  readonly topic: string;
  readonly defaultCountry: string;
  readonly canary: string;
  readonly skip: boolean;
  readonly ignoreBalance: boolean;
};

const BLANK: Draft = {
  pasted: '',
  fileName: '',
  column: '',
  lists: [],
  exceptLists: [],
  message: '',
  template: '',
  name: '',
  sender: '',
  when: 'now',
  at: '',
  quietHours: '',
  topic: '',
  defaultCountry: '',
  canary: '',
  skip: false,
  ignoreBalance: false,
};

/** With the tab it goes: numbers and texts of people are not left behind on a shared computer. */
const PLACE = 'broadcaster.draft';

export const draft = signal<Draft>(kept());
/** A browser keeps no file over a reload. */
export const file = signal<File | null>(null);

function kept(): Draft {
  try {
    return { ...BLANK, ...(JSON.parse(sessionStorage.getItem(PLACE) ?? '{}') as Partial<Draft>) };
  } catch {
    return BLANK;
  }
}

export function change(part: Partial<Draft>): void {
  draft.value = { ...draft.value, ...part };
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(draft.value));
  } catch {
    // A list too long to be kept is still there until the reload.
  }
}

export function choose(chosen: File | null): void {
  file.value = chosen;
  change({ fileName: chosen?.name ?? '', column: '' });
}

/** From nothing, or from what another broadcast was. */
export function startOver(from: Partial<Draft> = {}): void {
  file.value = null;
  change({ ...BLANK, ...from });
  forgetAttempts();
}

whenSignedOut(() => {
  startOver();
  sessionStorage.removeItem(PLACE);
});

export const isBlank = (d: Draft): boolean => JSON.stringify(d) === JSON.stringify(BLANK);
