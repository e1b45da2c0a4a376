import { refine } from '../app/router';
import { t } from '../texts';

/** Leads to the next page of what stands newest first; the place stands in the address. */
export function OlderOnes({ next }: { readonly next: string | null | undefined }) {
  return (
    <div class="pager">
      {typeof next === 'string' && (
        <button type="button" class="button" onClick={() => refine({ cursor: next })}>
          {t.app.older}
        </button>
      )}
    </div>
  );
}
