/** Two plain charts as SVG text: bars with intervals, and lines. */

export type Bar = { readonly value: number; readonly half: number | null };
export type BarGroup = { readonly name: string; readonly bars: readonly Bar[] };
export type BarChart = {
  readonly title: string;
  /** Names of a group's bars, in order. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
  /** The axis's end. */
  readonly top: number;
};

export type Line = { readonly name: string; readonly values: readonly number[] };
export type LineChart = {
  readonly title: string;
  readonly across: string;
  readonly lines: readonly Line[];
  readonly top: number;
};

const WIDTH = 920;
const HEIGHT = 380;
const LEFT = 48;
const RIGHT = 20;
const UPPER = 56;
const LOWER = 60;
const TICKS = 5;
// Okabe and Ito (2008): told apart by people who see fewer colours.
const COLOURS = [
  '#0072b2',
  '#999999',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#d55e00',
  '#56b4e9',
  '#f0e442',
] as const;

const colourOf = (i: number): string => COLOURS[i % COLOURS.length] ?? COLOURS[0];
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const place = (value: number): string => value.toFixed(1);

const heightOf = (value: number, top: number): number =>
  HEIGHT - LOWER - (Math.min(top, Math.max(0, value)) / top) * (HEIGHT - UPPER - LOWER);

const text = (x: number, y: number, content: string, anchor = 'middle'): string =>
  `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;

function axis(top: number): string {
  return Array.from({ length: TICKS + 1 }, (_, i) => {
    const value = (top * i) / TICKS;
    const y = heightOf(value, top);
    const rule = `<path d="M${LEFT} ${place(y)}H${WIDTH - RIGHT}" stroke="#ddd"/>`;
    return rule + text(LEFT - 6, y + 4, String(Math.round(value * 100) / 100), 'end');
  }).join('');
}

function legend(names: readonly string[]): string {
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, names.length);
  return names
    .map((name, i) => {
      const x = LEFT + i * step;
      return `<rect x="${place(x)}" y="32" width="10" height="10" fill="${colourOf(i)}"/>${text(x + 14, 41, name, 'start')}`;
    })
    .join('');
}

function framed(title: string, names: readonly string[], top: number, marks: string): string {
  const box = `viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"`;
  const style = 'font-family="sans-serif" font-size="12" fill="#222"';
  const ground = `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`;
  const head = `<g font-size="14">${text(LEFT, 20, title, 'start')}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} ${style}>${ground}${head}${legend(names)}${axis(top)}${marks}</svg>\n`;
}

function whisker(x: number, { value, half }: Bar, top: number): string {
  if (half === null) return '';
  const [high, low] = [heightOf(value + half, top), heightOf(value - half, top)];
  return `<path d="M${place(x)} ${place(high)}V${place(low)}M${place(x - 4)} ${place(high)}h8M${place(x - 4)} ${place(low)}h8" stroke="#222" fill="none"/>`;
}

/** Groups of bars, each with its interval. */
export function barChart({ title, series, groups, top }: BarChart): string {
  const room = (WIDTH - LEFT - RIGHT) / Math.max(1, groups.length);
  const wide = (room * 0.8) / Math.max(1, series.length);
  const marks = groups.map(({ name, bars }, g) => {
    const begin = LEFT + g * room + room * 0.1;
    const drawn = bars.map((bar, b) => {
      const [x, y] = [begin + b * wide, heightOf(bar.value, top)];
      const high = HEIGHT - LOWER - y;
      const rect = `<rect x="${place(x)}" y="${place(y)}" width="${place(wide - 2)}" height="${place(high)}" fill="${colourOf(b)}"/>`;
      return rect + whisker(x + wide / 2 - 1, bar, top);
    });
    return drawn.join('') + text(begin + room * 0.4, HEIGHT - LOWER + 20, name);
  });
  return framed(title, series, top, marks.join(''));
}

/** A line for each series, its values at equal steps. */
export function lineChart({ title, across, lines, top }: LineChart): string {
  const longest = Math.max(2, ...lines.map(({ values }) => values.length));
  const x = (i: number): number => LEFT + (i * (WIDTH - LEFT - RIGHT)) / (longest - 1);
  const marks = lines.map(({ values }, n) => {
    const path = values.map(
      (value, i) => `${i === 0 ? 'M' : 'L'}${place(x(i))} ${place(heightOf(value, top))}`,
    );
    return `<path d="${path.join('')}" stroke="${colourOf(n)}" stroke-width="2" fill="none"/>`;
  });
  const under = text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 24, across);
  const names = lines.map(({ name }) => name);
  return framed(title, names, top, marks.join('') + under);
}
