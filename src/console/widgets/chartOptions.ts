import uPlot from 'uplot';

export type Colours = {
  readonly words: string;
  readonly grid: string;
  readonly paper: string;
  readonly font: string;
  readonly lines: readonly string[];
};

type Look = {
  readonly lines: readonly string[];
  readonly marks: () => readonly number[];
  readonly colours: () => Colours;
  readonly format: {
    readonly count: (value: number) => string;
    readonly time: (at: number, span: number) => string;
  };
  /** Told which point the reader points at; null for none. */
  readonly onPoint: (index: number | null) => void;
};

const SIZE = 12;
/** Of a mark: half the width of what bears its number. */
const FLAG = 8;

/** How counts over time are drawn: in steps, since a count stays until it changes. */
export function chartOptions({
  lines,
  marks,
  colours,
  format,
  onPoint,
}: Look): Omit<uPlot.Options, 'width' | 'height'> {
  const font = () => `${SIZE}px ${colours().font}`;
  const axis = {
    stroke: () => colours().words,
    font: font(),
    grid: { stroke: () => colours().grid, width: 1 },
    ticks: { show: false },
  };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    ms: 1,
    legend: { show: false },
    padding: [2 * FLAG + 4, 30, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { range: (_chart, least, most) => withMarks(least, most, marks()) },
      y: { range: (_chart, _least, most) => [0, Math.max(1, most) * 1.06] },
    },
    axes: [
      {
        ...axis,
        space: 90,
        size: 26,
        values: (chart, at) => {
          const { min = 0, max = 0 } = chart.scales.x ?? {};
          return at.map((one) => format.time(one, max - min));
        },
      },
      {
        ...axis,
        size: 48,
        incrs: [1, 2, 5]
          .flatMap((one) => [0, 1, 2, 3, 4, 5, 6].map((power) => one * 10 ** power))
          .sort((a, b) => a - b),
        values: (_chart, counts) => counts.map((one) => format.count(one)),
      },
    ],
    series: [
      {},
      ...lines.map((_name, index) => ({
        stroke: () => colours().lines[index] ?? colours().words,
        width: 2,
        points: { show: false },
        ...(stepped === undefined ? {} : { paths: stepped }),
      })),
    ],
    hooks: {
      draw: [(chart) => drawMarks(chart, marks(), colours())],
      setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)],
    },
  };
}

/** A mark that is only just outside is let in. */
function withMarks(least: number, most: number, marks: readonly number[]): [number, number] {
  const near = Math.max(500, (most - least) / 10);
  const inside = marks.filter((at) => at > least - near && at < most + near);
  return [Math.min(least, ...inside), Math.max(most, ...inside)];
}

/** A line for each, with its number above; where two are close, the second stands lower. */
function drawMarks(chart: uPlot, marks: readonly number[], { words, paper, font }: Colours): void {
  const { ctx, bbox } = chart;
  const scale = devicePixelRatio;
  const radius = FLAG * scale;
  let before = -Infinity;
  let row = 0;
  ctx.save();
  ctx.strokeStyle = words;
  ctx.lineWidth = scale;
  ctx.font = `${(SIZE - 1) * scale}px ${font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  marks.forEach((at, index) => {
    const x = chart.valToPos(at, 'x', true);
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) return;
    row = x - before < 2 * radius + scale ? row + 1 : 0;
    before = x;
    const y = bbox.top - radius - scale + row * (2 * radius + scale);
    ctx.setLineDash([3 * scale, 3 * scale]);
    line(ctx, x, y + radius, bbox.top + bbox.height);
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = paper;
    ctx.fill();
    ctx.stroke();
    ctx.fillStyle = words;
    ctx.fillText(String(index + 1), x, y + scale / 2);
  });
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x: number, from: number, to: number): void {
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
}
