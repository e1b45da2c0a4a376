import { useRef } from 'preact/hooks';
import { Icon } from './icon';

const TABLES = '.csv,.tsv,.txt,.xlsx';

type Props = { readonly label: string; readonly accept?: string; readonly onFile: (file: File) => void };

/** A button that asks for a table of numbers. */
export function FileButton({ label, accept = TABLES, onFile }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <span class="file-button">
      <button type="button" class="button small" onClick={() => picker.current?.click()}>
        <Icon name="file" />
        {label}
      </button>
      <input
        ref={picker}
        class="unseen"
        type="file"
        tabIndex={-1}
        aria-label={label}
        accept={accept}
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          if (chosen !== undefined) onFile(chosen);
          event.currentTarget.value = '';
        }}
      />
    </span>
  );
}
