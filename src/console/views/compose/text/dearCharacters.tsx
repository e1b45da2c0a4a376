import type { Preview } from '../../../api/types';
import { t } from '../../../texts';
import { change, draft } from '../draft/draft';

type Segments = Preview['segments'];

/** One such character halves what fits into a part; most have a stand-in that says the same. */
export function DearCharacters({ segments }: { segments: Segments }) {
  const dear = new Map(segments.forcingUcs2.map(({ character, standIn }) => [character, standIn]));
  if (dear.size === 0) return null;
  const replace = (pairs: readonly (readonly [string, string | null])[]) =>
    change({
      message: pairs.reduce(
        (message, [from, to]) => (to === null ? message : message.replaceAll(from, to)),
        draft.value.message,
      ),
    });
  const replaceable = [...dear].filter(([, standIn]) => standIn !== null);
  return (
    <div class="notice warn">
      <p>{t.compose.dear(segments.encoding)}</p>
      <div class="row dear">
        {[...dear].map(([character, standIn]) =>
          standIn === null ? (
            <code key={character}>{character}</code>
          ) : (
            <button key={character} type="button" class="chip" onClick={() => replace([[character, standIn]])}>
              {t.compose.standIn(character, standIn)}
            </button>
          ),
        )}
        {replaceable.length > 1 && (
          <button type="button" class="chip" onClick={() => replace(replaceable)}>
            {t.compose.useAll}
          </button>
        )}
      </div>
    </div>
  );
}
