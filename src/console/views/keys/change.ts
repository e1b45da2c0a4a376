import { AnswerLost } from '../../api/faults';
import { ask } from '../../api/request';
import { self, signIn, signOut } from '../../api/session';
import type { ApiKey, ShownKey } from '../../api/types';
import { t } from '../../texts';
import { announce } from '../../widgets/announce';
import { confirm } from '../../widgets/confirm';
import { wordsOf } from '../../widgets/looks';

/** Asks, and gives the key another secret. Whoever is signed in with it stays so. */
export async function rotate({ id, name }: ApiKey, onRotated: (key: ShownKey) => void): Promise<void> {
  const who = self.value;
  const isYours = who?.id === id;
  const overlap = await confirm({
    title: t.keysView.rotateTitle(name),
    points: [...t.keysView.rotatePoints, ...(isYours ? [t.keysView.tabGoesOn] : [])],
    action: t.keysView.rotateDo,
    choice: { label: t.keysView.keepOld, options: overlapsFor(isYours) },
  });
  if (overlap === null) return;
  try {
    const body = { overlapSeconds: Number(overlap) };
    const rotated = await ask<ShownKey>(`keys/${id}/rotate`, { method: 'POST', body });
    if (isYours) signIn(rotated.key, who);
    onRotated(rotated);
  } catch (error) {
    announce(error instanceof AnswerLost ? t.keysView.lostRotated : wordsOf(error), true);
  }
}

/** In seconds. A key that one is signed in with goes on for a while: its end would come before the answer with the new one. */
const overlapsFor = (isYours: boolean): [string, string][] =>
  t.keysView.overlaps.flatMap(([seconds, words]) => (isYours && seconds === 0 ? [] : [[String(seconds), words]]));

/** Asks, and ends the key. */
export async function revoke(key: ApiKey): Promise<void> {
  const isYours = self.value?.id === key.id;
  const points = t.keysView.revokePoints(key, isYours);
  const question = { title: t.keysView.revokeTitle(key.name), points, action: t.keysView.revokeDo, isDangerous: true };
  if ((await confirm(question)) === null) return;
  try {
    await ask(`keys/${key.id}`, { method: 'DELETE' });
    if (isYours) signOut();
    else announce(t.keysView.revoked(key.name));
  } catch (error) {
    announce(error instanceof AnswerLost ? t.keysView.lostRevoked : wordsOf(error), true);
  }
}
