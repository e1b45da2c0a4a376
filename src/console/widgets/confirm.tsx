import { signal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { whenSignedOut } from '../api/session';
import { t } from '../texts';

export type Question = {
  readonly title: string;
  /** What will and what cannot be undone. */
  readonly points: readonly string[];
  readonly action: string;
  readonly keep?: string;
  readonly isDangerous?: boolean;
  /** A line to be written beside, such as the reason. */
  readonly note?: string;
  readonly isNoteNeeded?: boolean;
  /** Instead of a note: one of these, the first where nothing is chosen. */
  readonly choice?: { readonly label: string; readonly options: readonly (readonly [string, string])[] };
};

type Asked = Question & { readonly answer: (note: string | null) => void };

const asked = signal<Asked | null>(null);

/** What was written as the note or chosen (empty without either); null where the reader would rather not. */
export function confirm(question: Question): Promise<string | null> {
  end(null);
  return new Promise((answer) => {
    asked.value = { ...question, answer };
  });
}

function end(answer: string | null): void {
  const question = asked.value;
  asked.value = null;
  question?.answer(answer);
}

// What was asked about is no longer there to be seen.
addEventListener('hashchange', () => end(null));
whenSignedOut(() => end(null));

export function ConfirmDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const note = useRef<HTMLInputElement>(null);
  const choice = useRef<HTMLSelectElement>(null);
  const title = useId();
  const question = asked.value;
  useEffect(() => {
    if (question !== null) dialog.current?.showModal();
  }, [question]);
  if (question === null) return null;
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        end(null);
      }}
      onClick={(event) => {
        if (event.target === dialog.current) end(null);
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          end(note.current?.value ?? choice.current?.value ?? '');
        }}
      >
        <h2 id={title}>{question.title}</h2>
        <ul class="points">
          {question.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
        {question.note !== undefined && (
          <label class="field">
            <span>{question.note}</span>
            <input ref={note} maxLength={200} required={question.isNoteNeeded === true} />
          </label>
        )}
        {question.choice !== undefined && (
          <label class="field">
            <span>{question.choice.label}</span>
            <select ref={choice}>
              {question.choice.options.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        <div class="row end">
          <button type="button" class="button" onClick={() => end(null)}>
            {question.keep ?? t.app.cancel}
          </button>
          <button type="submit" class={`button ${question.isDangerous === true ? 'danger' : 'primary'}`}>
            {question.action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
