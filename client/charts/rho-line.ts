/** Rho over the labels as the lines of a small chart: x by label, y by its logarithm, 1 in the middle. Pure geometry. */
import type { BalanceLimits, BalancePoint } from '../../proto/messages.ts';

export type RhoChart = {
  readonly width: number;
  readonly height: number;
  /** SVG path data; a piece for each stretch without a gap. */
  readonly path: string;
  /** Height of a ratio. */
  readonly y: (rho: number) => number;
  /** Place of a label; null where it lies before the chart. */
  readonly x: (label: number) => number | null;
  /** The newest point, or null. */
  readonly last: { readonly x: number; readonly y: number; readonly rho: number } | null;
  readonly bands: {
    /** Top and bottom of where nothing is pushed. */
    readonly dead: readonly [number, number];
    readonly enter: readonly [number, number];
    readonly leave: readonly [number, number];
  };
};

/** The top of the chart; what leads further lies on the edge. */
export const LARGEST_RATIO = 3;

export type RhoChartOptions = {
  readonly history: readonly BalancePoint[];
  readonly limits: BalanceLimits;
  readonly width: number;
  readonly height: number;
};

const MARGIN = 24; // to the right of the newest label: its mark has a name
const FEWEST_LABELS = 20; // a handful of points must not fill the whole width

export function rhoChart({ history, limits, width, height }: RhoChartOptions): RhoChart {
  const first = history[0]?.label ?? 1;
  const span = Math.max(FEWEST_LABELS, (history.at(-1)?.label ?? 1) - first);
  const place = (label: number): number => ((label - first) / span) * (width - MARGIN);
  const y = (rho: number): number => {
    const lead = Math.log(rho) / Math.log(LARGEST_RATIO);
    return (height / 2) * (1 - Math.max(-1, Math.min(1, lead)));
  };
  const around = (ratio: number): readonly [number, number] => [y(ratio), y(1 / ratio)];
  let open = false;
  const pieces = history.map(({ label, rho }) => {
    if (rho === null) {
      open = false;
      return '';
    }
    const command = `${open ? 'L' : 'M'}${place(label).toFixed(1)} ${y(rho).toFixed(1)}`;
    open = true;
    return command;
  });
  const newest = history.findLast(({ rho }) => rho !== null);
  return {
    width,
    height,
    path: pieces.join(''),
    y,
    x: (label) => (label < first ? null : place(label)),
    last:
      newest && newest.rho !== null ? { x: place(newest.label), y: y(newest.rho), rho: newest.rho } : null,
    bands: {
      dead: around(Math.exp(limits.deadBand)),
      enter: around(limits.enterWeak),
      leave: around(limits.leaveWeak),
    },
  };
}
