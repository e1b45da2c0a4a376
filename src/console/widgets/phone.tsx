import { t } from '../texts';

/** A text as its reader sees it. */
export function Phone({ text, sender }: { text: string; sender: string | null }) {
  return (
    <figure class="phone">
      <figcaption>{sender ?? t.compose.senderDefault}</figcaption>
      <div class="bubble">{text === '' ? <span class="ghost">{t.compose.yourText}</span> : text}</div>
    </figure>
  );
}
