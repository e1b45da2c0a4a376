import type { Forecast } from '../../services/accepting/previewing/forecast';
import type { Batch } from '../../store/reading/batchReading';
import type { Broadcast, BroadcastStore } from '../../store/reading/broadcastStore';
import type { FaultStore } from '../../store/sending/faultStore';
import { broadcastView } from '../views/broadcastView';

export type BroadcastPresenterDeps = {
  readonly broadcasts: Pick<BroadcastStore, 'batchesInTrouble' | 'countries'>;
  readonly faults: Pick<FaultStore, 'current'>;
  readonly forecast: Forecast;
};

/** `responses`: the batches of a broadcast that was waited for, whose answers of Plivo's are then shown. */
export type Present = (
  broadcast: Broadcast,
  responses: readonly Batch[] | null,
) => Promise<ReturnType<typeof broadcastView>>;

export type BroadcastPresenter = {
  /** Shows one broadcast. */
  readonly present: Present;
  /** Shows any number of broadcasts as they stand at one moment: what they have in common is read once. */
  readonly presentMany: () => Promise<Present>;
};

/** How many troubled batches a broadcast shows; all of them stand under `/batches`. */
const MOST_ERRORS = 100;

/** Gathers what goes with a broadcast in an answer: what stops it, what went wrong, what it costs, when it is through. */
export function createBroadcastPresenter({ broadcasts, faults, forecast }: BroadcastPresenterDeps): BroadcastPresenter {
  const presentMany = async (): Promise<Present> => {
    const fault = await faults.current();
    const outlook = await forecast.now();
    return async (broadcast, responses) =>
      broadcastView(broadcast, {
        responses,
        fault,
        inTrouble: await broadcasts.batchesInTrouble(broadcast.broadcastKey, MOST_ERRORS),
        countries: await broadcasts.countries(broadcast.broadcastKey),
        // Nobody knows when a fault ends.
        finishAt: fault === null ? outlook.finishOf(broadcast) : null,
      });
  };
  return { presentMany, present: async (broadcast, responses) => await (await presentMany())(broadcast, responses) };
}
