import { useMemo } from 'preact/hooks';
import type { Broadcast } from '../../../api/types';
import { t } from '../../../texts';
import { moment as momentInWords, number, timeOf } from '../../../texts/format';
import { Card } from '../../../widgets/looks';
import { TimeChart } from '../../../widgets/timeChart';
import { useMoving } from '../pace';
import { LINES, thinned, type Moment } from './course';
import type { Mark } from './marks';
import { useCourse } from './useCourse';

/** So many lines of a table are read at a glance. */
const MOST_LINES = 12;

/** Two of them are one, and how it stands now. */
const LEAST_MOMENTS = 3;

/** How a broadcast went: how many were handed over, have it or will not, and what happened to it meanwhile. */
export function OverTime({ broadcast }: { broadcast: Broadcast }) {
  const { moments, marks, isWhole } = useCourse(broadcast);
  const isMoving = useMoving(broadcast);
  if (moments === null)
    return (
      <Card title={t.course.title}>
        <div class="chart-place skeleton" />
      </Card>
    );
  const isAnything = moments.length >= LEAST_MOMENTS;
  const from = isoOf(moments[0]?.at ?? 0);
  return (
    <Card title={t.course.title} {...(isWhole || !isAnything ? {} : { hint: t.course.since(momentInWords(from)) })}>
      {isAnything ? (
        <Drawn moments={moments} marks={marks} most={broadcast.recipients.accepted} />
      ) : (
        <p class="chart-place hint">{isWhole ? t.course.none : t.course.unseen}</p>
      )}
      {(marks.length > 0 || isMoving) && <Marks marks={marks} />}
      {isAnything && <AsTable moments={moments} />}
    </Card>
  );
}

const isoOf = (at: number): string => new Date(at).toISOString();

type DrawnProps = { readonly moments: readonly Moment[]; readonly marks: readonly Mark[]; readonly most: number };

function Drawn({ moments, marks, most }: DrawnProps) {
  const first = moments[0];
  const last = moments.at(-1);
  const times = useMemo(() => moments.map(({ at }) => at), [moments]);
  const lines = useMemo(
    () => LINES.map((name) => ({ name, words: t.course.line[name], values: moments.map((one) => one[name]) })),
    [moments],
  );
  if (first === undefined || last === undefined) return null;
  const { handed, delivered, failed } = last;
  const [start, end] = [momentInWords(isoOf(first.at)), momentInWords(isoOf(last.at))];
  return (
    <TimeChart
      label={t.course.label(start, end, handed, delivered, failed)}
      times={times}
      lines={lines}
      most={most}
      marks={marks.map(({ at }) => at)}
    />
  );
}

/** What the numbers in the chart are; there is room for some before the first comes. */
function Marks({ marks }: { marks: readonly Mark[] }) {
  if (marks.length === 0) return <div class="marks" />;
  return (
    <ol class="marks" aria-label={t.course.marks}>
      {marks.map(({ at, kind, words }, index) => (
        <li key={`${at} ${kind}`}>
          <span class="mark-number">{number(index + 1)}</span>
          <time class="soft" dateTime={isoOf(at)} title={momentInWords(isoOf(at))}>
            {timeOf(at, 0)}
          </time>
          <span>{words}</span>
        </li>
      ))}
    </ol>
  );
}

function AsTable({ moments }: { moments: readonly Moment[] }) {
  const shown = thinned(moments, MOST_LINES);
  return (
    <details class="chart-table">
      <summary>{t.course.table}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.course.time}</th>
            {LINES.map((line) => (
              <th key={line} scope="col" class="num">
                {t.course.line[line]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <tr key={one.at}>
              <td>
                <time dateTime={isoOf(one.at)} title={momentInWords(isoOf(one.at))}>
                  {timeOf(one.at, 0)}
                </time>
              </td>
              {LINES.map((line) => (
                <td key={line} class="num">
                  {number(one[line])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
