/** A run's learning curve as SVG text: the loss above, what the probe says below, over steps. */
import type { LogEntry, ProbeEntry, StepEntry } from './run-log.ts';

const WIDTH = 920;
const PANEL = 240;
const LEFT = 56;
const RIGHT = 20;
const UPPER = 48;
const TICKS = 4;
// Okabe and Ito (2008): told apart by people who see fewer colours.
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00'] as const;

type Point = { readonly step: number; readonly value: number };
type Line = { readonly name: string; readonly points: readonly Point[] };

const place = (value: number): string => value.toFixed(1);
const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;

/** One panel of lines from `y` on, its axis from 0 to `top`. */
function panel(y: number, title: string, lines: readonly Line[], last: number, top: number): string {
  const high = PANEL - UPPER - 24;
  const across = (step: number): number => LEFT + (step / Math.max(1, last)) * (WIDTH - LEFT - RIGHT);
  const up = (value: number): number => y + UPPER + high - (Math.min(top, Math.max(0, value)) / top) * high;
  const rules = Array.from({ length: TICKS + 1 }, (_, i) => {
    const value = (top * i) / TICKS;
    const rule = `<path d="M${LEFT} ${place(up(value))}H${WIDTH - RIGHT}" stroke="#ddd"/>`;
    return rule + text(LEFT - 6, up(value) + 4, value.toFixed(2), 'end');
  });
  const names = lines.map(({ name }, i) => {
    const x = LEFT + i * 150;
    const colour = COLOURS[i % COLOURS.length];
    return `<rect x="${x}" y="${y + 27}" width="10" height="10" fill="${colour}"/>${text(x + 14, y + 36, name)}`;
  });
  const drawn = lines.map(({ points }, i) => {
    const path = points.map(
      ({ step, value }, n) => `${n === 0 ? 'M' : 'L'}${place(across(step))} ${place(up(value))}`,
    );
    return `<path d="${path.join('')}" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.5" fill="none"/>`;
  });
  return [text(LEFT, y + 18, title), ...rules, ...names, ...drawn].join('');
}

const lossLine = (entries: readonly StepEntry[], name: string, of: (entry: StepEntry) => number): Line => ({
  name,
  points: entries.map((entry) => ({ step: entry.step, value: of(entry) })),
});

/** The whole chart. */
export function curve(title: string, entries: readonly LogEntry[]): string {
  const steps = entries.filter((entry): entry is StepEntry => entry.type === 'steps');
  const probes = entries.filter((entry): entry is ProbeEntry => entry.type === 'probe');
  const last = entries.at(-1)?.step ?? 0;
  const terms = Object.keys(steps[0]?.terms ?? {});
  const losses = [
    lossLine(steps, 'loss', ({ loss }) => loss),
    ...terms.map((name) => lossLine(steps, name, (entry) => entry.terms[name] ?? 0)),
  ];
  const highest = Math.max(1e-6, ...steps.map(({ loss }) => loss));
  const scores = (['prototype', 'single', 'kind', 'measures'] as const).map((name) => ({
    name: { prototype: '5 labels', single: '1 label', kind: 'kinds', measures: 'measures' }[name],
    points: probes.map((entry) => ({ step: entry.step, value: entry[name] })),
  }));
  const below = 'probe: right answers of 20 things by nearest prototype; what a straight line reads off';
  const box = `viewBox="0 0 ${WIDTH} ${2 * PANEL}" width="${WIDTH}" height="${2 * PANEL}"`;
  const style = 'font-family="sans-serif" font-size="12" fill="#222"';
  const panels = panel(0, title, losses, last, highest) + panel(PANEL, below, scores, last, 1);
  const under = text(WIDTH / 2, 2 * PANEL - 4, `${last} steps`, 'middle');
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} ${style}><rect width="100%" height="100%" fill="#fff"/>${panels}${under}</svg>\n`;
}
