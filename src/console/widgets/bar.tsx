import type { Broadcast, PersonStatus } from '../api/types';
import { t } from '../texts';
import { number } from '../texts/format';

export const ORDER: readonly PersonStatus[] = [
  'delivered',
  'sent',
  'queued',
  'unknown',
  'undelivered',
  'failed',
  'invalid',
  'optedOut',
  'cancelled',
];

/** Whoever is sent to passes through these; they keep their place, so that the others keep theirs. */
const ALWAYS: ReadonlySet<PersonStatus> = new Set<PersonStatus>([
  'delivered',
  'sent',
  'queued',
  'undelivered',
  'failed',
]);

type Delivery = Broadcast['delivery'];

const totalOf = (delivery: Delivery): number => ORDER.reduce((sum, status) => sum + delivery[status], 0);

/** The parts of a broadcast's people side by side; for the eye only, the words stand beside it. */
export function Bar({ delivery }: { delivery: Delivery }) {
  const total = totalOf(delivery);
  return (
    <div class="bar" aria-hidden="true">
      {ORDER.filter((status) => delivery[status] > 0).map((status) => (
        <span key={status} class={`part ${status}`} style={{ flexGrow: delivery[status] / total }} />
      ))}
    </div>
  );
}

/** The same with its words, which choose whom the table below shows. */
export function BarWithParts({
  delivery,
  chosen,
  onChoose,
}: {
  delivery: Delivery;
  chosen: string | null;
  onChoose: (status: PersonStatus | null) => void;
}) {
  const shown = ORDER.filter((status) => ALWAYS.has(status) || delivery[status] > 0 || status === chosen);
  return (
    <div class="parts">
      <Bar delivery={delivery} />
      <ul style={{ '--digits': number(totalOf(delivery)).length }}>
        {shown.map((status) => (
          <li key={status}>
            <button
              type="button"
              class="part-button"
              aria-pressed={chosen === status}
              title={t.personHint[status]}
              onClick={() => onChoose(chosen === status ? null : status)}
            >
              <span class={`dot ${status}`} />
              <span class="part-label">{t.person[status]}</span>
              <span class="part-count">{number(delivery[status])}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
