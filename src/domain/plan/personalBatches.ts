import type { Selection } from '../numbers/numberList';
import type { GroupRules, Load, PlannedBatch, PlannedBatches, PlanTexts } from './broadcastPlan';

const CALLS_A_LOAD = 1000;

/** People of one sender and the same hours, cut into calls that carry one text each. */
type Cut = {
  readonly rules: GroupRules;
  readonly people: Selection;
  /** Places in `people`, those with the same text beside each other. */
  readonly order: Int32Array;
  /** Where in `order` each call begins, and where the last one ends. */
  readonly starts: Int32Array;
};

/** Made when they are asked for: a million calls to one person each would take a gigabyte. */
export class PersonalBatches implements PlannedBatches {
  readonly #texts: PlanTexts;
  readonly #cuts: readonly Cut[];
  readonly length: number;

  /** `sizeFor`: the most people in a call of such a text. */
  constructor(
    groups: readonly (GroupRules & { readonly recipients: Selection })[],
    texts: PlanTexts,
    sizeFor: (group: GroupRules, segments: number) => number,
  ) {
    this.#texts = texts;
    this.#cuts = groups.map(({ recipients: people, ...rules }) => {
      const order = byText(people, texts);
      const starts = startsOf(people, order, texts, (segments) => sizeFor(rules, segments));
      return { rules, people, order, starts };
    });
    this.length = this.#cuts.reduce((all, { starts }) => all + starts.length - 1, 0);
  }

  slice(from: number, to: number): PlannedBatch[] {
    const batches: PlannedBatch[] = [];
    let before = 0;
    for (const cut of this.#cuts) {
      const calls = cut.starts.length - 1;
      const end = Math.min(to - before, calls);
      for (let call = Math.max(0, from - before); call < end; call++) batches.push(this.#batchOf(cut, call));
      before += calls;
    }
    return batches;
  }

  /** Many calls in one load: where one of them would go, the next ones go too. */
  loads(afterCanary: number | null): Load[] {
    return this.#cuts.flatMap((cut) => {
      const { origin, zones, goesAt, notBefore } = cut.rules;
      const loads: Load[] = [];
      for (let call = 0; call < cut.starts.length - 1; call += CALLS_A_LOAD) {
        const calls = Math.min(CALLS_A_LOAD, cut.starts.length - 1 - call);
        const places = cut.order.subarray(cut.starts[call], cut.starts[call + calls]);
        loads.push({
          people: places.length,
          calls,
          units: this.#unitsOf(cut, places),
          origin,
          zones,
          goesAt,
          notBefore,
          afterCanary,
        });
      }
      return loads;
    });
  }

  #unitsOf({ people }: Cut, places: Int32Array): number {
    let units = 0;
    for (const place of places) units += this.#texts.segmentsAt(this.#texts.textOf(people.placeAt(place)));
    return units;
  }

  /** Field by field: of 100,000 calls, a copy of the rules and `Array.from` of a piece of the order took 0.7 s. */
  #batchOf({ rules, people, order, starts }: Cut, call: number): PlannedBatch {
    const { origin, zones, goesAt, notBefore } = rules;
    const from = starts[call] ?? 0;
    const to = starts[call + 1] ?? from;
    const text = this.#texts.textOf(people.placeAt(order[from] ?? 0));
    const recipients: string[] = [];
    for (let at = from; at < to; at++) recipients.push(people.at(order[at] ?? 0) ?? '');
    const own = { text: this.#texts.textAt(text), segments: this.#texts.segmentsAt(text) };
    return { origin, zones, goesAt, notBefore, recipients, own };
  }
}

/** Texts have numbers in the order of the list, so that calls follow it. By counting: nothing is compared. */
function byText(people: Selection, texts: PlanTexts): Int32Array {
  const next = new Int32Array(texts.distinct + 1);
  const count = (place: number, by: number) => {
    const text = texts.textOf(people.placeAt(place)) + by;
    const at = next[text] ?? 0;
    next[text] = at + 1;
    return at;
  };
  for (let place = 0; place < people.length; place++) count(place, 1);
  for (let text = 1; text <= texts.distinct; text++) next[text] = (next[text] ?? 0) + (next[text - 1] ?? 0);
  const order = new Int32Array(people.length);
  for (let place = 0; place < people.length; place++) order[count(place, 0)] = place;
  return order;
}

function startsOf(
  people: Selection,
  order: Int32Array,
  texts: PlanTexts,
  sizeFor: (segments: number) => number,
): Int32Array {
  const starts = new Int32Array(order.length + 1);
  const sizes = new Map<number, number>();
  let calls = 0;
  for (let at = 0; at < order.length;) {
    const text = texts.textOf(people.placeAt(order[at] ?? 0));
    const segments = texts.segmentsAt(text);
    const size = sizes.get(segments) ?? sizeFor(segments);
    sizes.set(segments, size);
    starts[calls++] = at;
    const most = Math.min(at + size, order.length);
    for (at++; at < most && texts.textOf(people.placeAt(order[at] ?? 0)) === text;) at++;
  }
  starts[calls] = order.length;
  return starts.slice(0, calls + 1);
}
