/** Rho over the labels: the dead band, where a sense counts as weak, and where versions came and went. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { BalanceReport } from '../../proto/messages.ts';
import { LARGEST_RATIO, rhoChart } from '../charts/rho-line.ts';

const HEIGHT = 132;
const FIRST_WIDTH = 480;

/** The width of an element in CSS pixels, as it is now. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(FIRST_WIDTH);
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const measure = (): void => setWidth(Math.max(1, current.clientWidth));
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    measure();
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

type Mark = { readonly label: number; readonly text: string; readonly kind: 'promoted' | 'back' };

/** Where versions came and went; of several after the same label the last one is named. */
function marksOf({ rounds, rollbacks }: BalanceReport): readonly Mark[] {
  const promoted = rounds
    .filter(({ outcome }) => outcome === 'promoted')
    .map(({ afterLabels, version }): Mark => ({ label: afterLabels, text: `v${version}`, kind: 'promoted' }));
  const back = rollbacks.map(
    ({ afterLabels, to }): Mark => ({ label: afterLabels, text: `v${to}`, kind: 'back' }),
  );
  return [...new Map([...promoted, ...back].map((mark) => [`${mark.kind} ${mark.label}`, mark])).values()];
}

function Marks({
  report,
  x,
}: {
  readonly report: BalanceReport;
  readonly x: (label: number) => number | null;
}) {
  return (
    <g class="marks">
      {marksOf(report).map(({ label, text, kind }) => {
        const at = x(label);
        return at === null ? null : (
          <g key={`${kind} ${label}`} class={kind} transform={`translate(${at.toFixed(1)} 0)`}>
            <title>{kind === 'promoted' ? `${text} came into service` : `back to ${text}`}</title>
            <path d={`M0 0V${HEIGHT}`} />
            <text x="3" y={HEIGHT - 4}>
              {kind === 'back' ? `↩${text}` : text}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** In words, for those who do not see it. */
function described({ history }: BalanceReport): string {
  const known = history.flatMap(({ rho }) => (rho === null ? [] : [rho]));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return 'Balance over the labels: not known yet';
  const range = `between ${Math.min(...known).toFixed(2)} and ${Math.max(...known).toFixed(2)}`;
  return `Balance over ${known.length} labels: sound over picture from ${first.toFixed(2)} to ${last.toFixed(2)}, ${range}`;
}

export function RhoChart({ report }: { readonly report: BalanceReport }) {
  const { history, limits } = report;
  const { box, width } = useWidth();
  const chart = rhoChart({ history, limits, width, height: HEIGHT });
  const { dead, enter, leave } = chart.bands;
  const known = chart.last !== null;
  return (
    <figure class="rho" data-points={history.length}>
      <figcaption class="caption">Sound over picture (ρ), label by label</figcaption>
      <div class="rho-box">
        <div class="rho-axis" aria-hidden="true">
          <span>sound leads {LARGEST_RATIO}×</span>
          <span>equal</span>
          <span>picture leads {LARGEST_RATIO}×</span>
        </div>
        <div class="rho-plot" ref={box}>
          <svg width={width} height={HEIGHT} role="img" aria-label={described(report)}>
            {known && (
              <g class="bands">
                <rect class="dead" x="0" width={width} y={dead[0]} height={dead[1] - dead[0]} />
                {enter.map((y) => (
                  <path key={y} class="enter" d={`M0 ${y}H${width}`} />
                ))}
                {leave.map((y) => (
                  <path key={y} class="leave" d={`M0 ${y}H${width}`} />
                ))}
              </g>
            )}
            <path class="even" d={`M0 ${chart.y(1)}H${width}`} />
            <Marks report={report} x={chart.x} />
            <path class="line" d={chart.path} />
            {chart.last && <circle class="now" cx={chart.last.x} cy={chart.last.y} r="3.5" />}
          </svg>
        </div>
        {!known && (
          <p class="rho-empty hint">
            Appears once two classes have ten scored windows with sound and picture.
          </p>
        )}
      </div>
      <p class="rho-legend hint">
        <span class="key dead-key">nothing is pushed</span>
        <span class="key enter-key">a sense counts as weak beyond {limits.enterWeak}×</span>
        <span class="key leave-key">and no more within {limits.leaveWeak.toFixed(1)}×</span>
      </p>
    </figure>
  );
}
