import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { compact, number, timeOf } from '../texts/format';
import { chartOptions, type Colours } from './chartOptions';

export type ChartLine = { readonly name: string; readonly words: string; readonly values: readonly number[] };

type Props = {
  /** What it shows, in a sentence. */
  readonly label: string;
  /** In milliseconds since 1970, in their order. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** More than this there can't be; room is kept for it. */
  readonly most: number;
  /** Moments that are numbered from 1 on; what they are stands elsewhere. */
  readonly marks: readonly number[];
};

/** Counts over time. For the eye only: whoever hears it hears the label, and has a table beside. */
export function TimeChart({ label, times, lines, most, marks }: Props) {
  const field = useRef<HTMLDivElement>(null);
  const key = useRef<HTMLUListElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latestMarks = useRef(marks);
  latestMarks.current = marks;
  const hovered = useSignal<number | null>(null);

  useEffect(() => {
    const place = field.current;
    if (place === null) return;
    const options = chartOptions({
      lines: lines.map(({ name }) => name),
      marks: () => latestMarks.current,
      colours: () => coloursOf(place, key.current),
      format: { count: compact, time: timeOf },
      onPoint(index) {
        hovered.value = index;
      },
    });
    const drawn = new uPlot({ ...options, ...sizeOf(place) }, dataOf(times, lines), place);
    chart.current = drawn;
    const stops = [onResize(place, () => drawn.setSize(sizeOf(place))), onOtherColours(() => drawn.redraw(false))];
    return () => {
      for (const stop of stops) stop();
      drawn.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => chart.current?.setData(dataOf(times, lines)), [times, lines, marks]);

  const last = times.length - 1;
  const index = Math.min(hovered.value ?? last, last);
  return (
    <figure class="chart">
      <ul class="chart-key" ref={key} aria-hidden="true">
        {lines.map(({ name, words, values }) => (
          <li key={name}>
            <span class={`chart-line ${name}`} />
            <span class="part-label">{words}</span>
            <span class="part-count" style={{ minWidth: `${number(most).length}ch` }}>
              {number(values[index] ?? 0)}
            </span>
          </li>
        ))}
        <li class="chart-time small">{timeOf(times[index] ?? 0, spanOf(times))}</li>
      </ul>
      <div class="chart-field" role="img" aria-label={label} ref={field} />
    </figure>
  );
}

const spanOf = (times: readonly number[]): number => (times.at(-1) ?? 0) - (times[0] ?? 0);

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({ width: clientWidth, height: clientHeight });

const dataOf = (times: readonly number[], lines: readonly ChartLine[]): uPlot.AlignedData => [
  [...times],
  ...lines.map(({ values }) => [...values]),
];

/** A canvas knows no variables of a style sheet: what they come to is read from what bears them. */
function coloursOf(field: HTMLElement, key: HTMLElement | null): Colours {
  const { color, borderTopColor, fontFamily, backgroundColor } = getComputedStyle(field);
  return {
    words: color,
    grid: borderTopColor,
    paper: backgroundColor,
    font: fontFamily,
    lines: [...(key?.querySelectorAll('.chart-line') ?? [])].map((line) => getComputedStyle(line).backgroundColor),
  };
}

function onResize(place: HTMLElement, act: () => void): () => void {
  let width = place.clientWidth;
  const observer = new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    act();
  });
  observer.observe(place);
  return () => observer.disconnect();
}

/** By the system's choice or by the reader's. */
function onOtherColours(act: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(act);
  system.addEventListener('change', act);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    system.removeEventListener('change', act);
    chosen.disconnect();
  };
}
