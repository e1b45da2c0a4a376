import { sql, type Transaction } from 'kysely';
import type { DeliveryReport } from '../../domain/outcome/deliveryReport';
import { parseAmount } from '../../domain/money/money';
import type { Engine } from '../engine/engine';
import type { Schema } from '../engine/schema';

type Billed = { readonly units: number | null; readonly cost: string | null };
type Bill = { broadcastKey: number; country: string; units: number; nanos: number };

const nanosOf = (cost: string | null): number => (cost === null ? 0 : (parseAmount(cost) ?? 0));

/** Collects by how much the bills of broadcasts change per country, so that each is written once for a group of reports. */
export class CountryBills {
  readonly #bills = new Map<string, Bill>();

  /** A later report of the same text replaces what an earlier one said. */
  add(broadcastKey: number, report: DeliveryReport & { readonly country: string }, before: Billed): void {
    const units = report.units === null ? 0 : report.units - (before.units ?? 0);
    const nanos = report.cost === null ? 0 : nanosOf(report.cost) - nanosOf(before.cost);
    if (units === 0 && nanos === 0) return;
    const key = `${broadcastKey}/${report.country}`;
    const bill = this.#bills.get(key) ?? { broadcastKey, country: report.country, units: 0, nanos: 0 };
    bill.units += units;
    bill.nanos += nanos;
    this.#bills.set(key, bill);
  }

  /** Before the broadcasts' own rows and in one order, so that no two transactions block each other. */
  async write(tx: Transaction<Schema>, engine: Engine): Promise<void> {
    if (this.#bills.size === 0) return;
    const bills = [...this.#bills.values()].sort(
      (a, b) => a.broadcastKey - b.broadcastKey || (a.country < b.country ? -1 : 1),
    );
    const columns = { broadcastKey: 'bigint', country: 'text', units: 'bigint', nanos: 'bigint' } as const;
    await sql`
      insert into broadcast_countries (broadcast_key, country, recipients, segments, units, cost_nanos)
      select b."broadcastKey", b.country, 0, 0, b.units, b.nanos from ${engine.recordRows(bills, columns)} as b where true
      on conflict (broadcast_key, country) do update
      set units = broadcast_countries.units + excluded.units,
          cost_nanos = broadcast_countries.cost_nanos + excluded.cost_nanos`.execute(tx);
  }
}
