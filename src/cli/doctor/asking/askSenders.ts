import { queueNameOf } from '../../../domain/plan/senderRates';
import { isAlphanumeric, nameOf, type Origin } from '../../../domain/plan/senders';
import type { ApplicationOutcome, PlivoService } from '../../../services/plivo/plivoService';
import type { SenderFacts, SenderKind } from '../facts';

type Deps = {
  readonly plivo: Pick<PlivoService, 'readNumber' | 'readApplication'>;
  readonly countryOf: (number: string) => string;
};

/** Each sender once, in the order of the configuration; each number and each application is asked for once. */
export async function askSenders(origins: Iterable<Origin>, { plivo, countryOf }: Deps): Promise<SenderFacts[]> {
  const unique = new Map([...origins].map((origin) => [queueNameOf(nameOf(origin)), origin]));
  const applications = new Map<string, Promise<ApplicationOutcome>>();
  const applicationOf = (id: string) => {
    const asked = applications.get(id) ?? plivo.readApplication(id);
    applications.set(id, asked);
    return asked;
  };

  const ask = async (origin: Origin): Promise<SenderFacts> => {
    const [sender, kind] = [nameOf(origin), kindOf(origin)];
    if (kind !== 'number') return { sender, kind, number: null, country: null, application: null };
    const digits = sender.replace('+', '');
    const number = await plivo.readNumber(digits);
    const id = number.kind === 'number' ? applicationId(number.number.application) : null;
    const application = id === null ? null : await applicationOf(id);
    return { sender: `+${digits}`, kind, number, country: countryOf(`+${digits}`), application };
  };
  return await Promise.all([...unique.values()].map(ask));
}

function kindOf(origin: Origin): SenderKind {
  if ('powerpackUuid' in origin) return 'powerpack';
  if (isAlphanumeric(origin)) return 'alphanumeric';
  return /^\d{1,6}$/.test(origin.sender) ? 'shortCode' : 'number';
}

/** A number leads to an address such as `/v1/Account/…/Application/123/`, or to a trunk, which takes no texts. */
export const applicationId = (address: string | null): string | null =>
  /\/Application\/([\w-]{1,64})\/?$/.exec(address ?? '')?.[1] ?? null;
