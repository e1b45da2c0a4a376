import type { SimulatedCall } from './api/callLog';
import { createCallbackPoster } from './callbacks/callbackPoster';
import { createControlServer } from './controlServer';
import { createCredit } from './messages/credit';
import { createDelivery } from './messages/delivery';
import { createFaults } from './behaviour/faults';
import type { Fault } from './behaviour/faults';
import { createHandset } from './callbacks/handset';
import type { InboundText } from './callbacks/handset';
import { createIdleWatch } from './clockwork/idleWatch';
import { listen } from './listeningServer';
import { createMessageStore } from './messages/messageStore';
import type { SentText } from './messages/messageStore';
import { createOptOuts } from './messages/optOuts';
import { createNumberLookup } from './formats/phoneDigits';
import { createOutage } from './api/outage';
import { createPlivoServer } from './api/plivoServer';
import { createRequestLimit } from './api/requestLimit';
import { createSeededRandom } from './clockwork/seededRandom';
import { defaultSettings } from './behaviour/settings';
import type { SimulatorSettings } from './behaviour/settings';
import { createStatusCallbacks } from './callbacks/statusCallbacks';

export type { SimulatedCall } from './api/callLog';
export type { Fault } from './behaviour/faults';
export type { InboundText } from './callbacks/handset';
export type { SentText } from './messages/messageStore';
export type { SimulatorSettings } from './behaviour/settings';

export type SimulatorOptions = {
  authId: string;
  authToken: string;
  /** 127.0.0.1 when not given. */
  host?: string;
  /** Ports: 0, the default, takes any that is free. */
  port?: number;
  controlPort?: number;
  settings?: Partial<SimulatorSettings>;
  /** All chance comes from one generator that starts here. */
  seed?: number;
};

export type Simulator = {
  /** `http://host:port`; the API is below it at /v1/Account/{authId}/. */
  url: string;
  controlUrl: string;
  /** Live: a change holds from the next request, message or callback on. */
  settings: SimulatorSettings;
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Refuses connections to the API, for `forMs` or until `acceptConnections`; the control port stays open. */
  refuseConnections(forMs?: number): Promise<void>;
  acceptConnections(): Promise<void>;
  /** Every send request, refused ones too, in order of arrival. */
  calls(): SimulatedCall[];
  /** The ledger: digits -> how many texts Plivo took for that person. Kept until reset(). */
  texts(): ReadonlyMap<string, number>;
  textsOf(number: string): SentText[];
  listRequests(): number;
  accountRequests(): number;
  /** A text from a handset. STOP also puts it on the simulator's own opt-out list, as Plivo does by default. */
  receiveText(inbound: InboundText): Promise<{ status: number; body: string }>;
  /** Resolves when no message is moving and no callback is waiting, retries included. */
  idle(): Promise<void>;
  /** Forgets messages, calls, faults, opt-outs and waiting callbacks; keeps the settings. */
  reset(): void;
  /** Closes every socket and timer. */
  stop(): Promise<void>;
};

/** A Plivo of your own, on loopback. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { authId, authToken, host = '127.0.0.1' } = options;
  const settings: SimulatorSettings = { ...defaultSettings(), ...options.settings };
  const random = createSeededRandom(options.seed ?? 1);

  const store = createMessageStore(random.whole(0x1_0000_0000));
  const faults = createFaults(random);
  const optOuts = createOptOuts(() => settings.optedOut);
  const credit = createCredit(settings);
  const idleWatch = createIdleWatch(() => delivery.moving() + poster.pending() + statusCallbacks.held());
  const uuidOf = (index: number): string => store.uuidOf(index);

  const poster = createCallbackPoster({ settings, random, authToken, settled: () => idleWatch.check() });
  const statusCallbacks = createStatusCallbacks({ settings, random, poster, uuidOf });
  const delivery = createDelivery({
    settings,
    random,
    isBlocked: (message) => optOuts.isBlocked(message),
    pays: (message) => credit.pays(message),
    changed: (message) => {
      statusCallbacks.report(message);
      idleWatch.check();
    },
  });
  const handset = createHandset({ poster, optOuts, random });

  const limits = {
    all: createRequestLimit(5000, () => settings.requestsPer5s),
    list: createRequestLimit(60_000, () => settings.listRequestsPerMinute),
  };
  const isInvalid = createNumberLookup(() => settings.invalidNumbers);
  const plivo = createPlivoServer({
    authId,
    authToken,
    settings,
    store,
    received: () => handset.received(),
    faults,
    limits,
    isOutOfCredit: (now) => credit.isRefusing(now),
    send: {
      limits: () => ({ maxRecipients: settings.maxRecipients, isInvalid }),
      random,
      store,
      delivery,
      statusCallbacks,
      reportsQueued: () => settings.queuedCallback,
    },
  });

  const forget = (): void => {
    for (const part of [plivo, statusCallbacks, delivery, poster, handset, store, faults, optOuts, credit])
      part.clear();
    limits.all.clear();
    limits.list.clear();
    idleWatch.check();
  };

  const plivoHttp = await listen(host, options.port ?? 0, (request, response) => plivo.handle(request, response));
  const outage = createOutage(plivoHttp);
  const control = createControlServer({
    settings,
    faults,
    outage,
    store,
    calls: () => plivo.calls(),
    receiveText: (inbound) => handset.write(inbound),
    reset: forget,
    waiting: () => idleWatch.waiting(),
  });
  const controlHttp = await listen(host, options.controlPort ?? 0, control).catch(async (error: unknown) => {
    await plivoHttp.close();
    throw error;
  });

  return {
    url: plivoHttp.url,
    controlUrl: controlHttp.url,
    settings,
    addFault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    refuseConnections: (forMs) => outage.begin(forMs),
    acceptConnections: () => outage.end(),
    calls: () => plivo.calls(),
    texts: () => store.texts(),
    textsOf: (number) => store.textsOf(number),
    listRequests: () => plivo.listRequests(),
    accountRequests: () => plivo.accountRequests(),
    receiveText: (inbound) => handset.write(inbound),
    idle: () => idleWatch.idle(),
    reset: forget,
    stop: async () => {
      await outage.end();
      await Promise.all([plivoHttp.close(), controlHttp.close()]);
      forget();
      poster.stop();
    },
  };
}
