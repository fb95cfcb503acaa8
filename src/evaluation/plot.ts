/** Two plain charts as SVG text: bars with intervals, and lines. */

/** A value of null draws nothing: what was not there is not 0. */
export type Bar = { readonly value: number | null; readonly half: number | null };
export type BarGroup = { readonly name: string; readonly bars: readonly Bar[] };
export type BarChart = {
  readonly title: string;
  /** Names of a group's bars, in order. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
  /** The axis's end. */
  readonly top: number;
};

/** Null where there is no value yet: the line begins later, or has a gap. */
export type Line = {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** Where the values lie on the axis, rising. Default: 1, 2, 3. */
  readonly at?: readonly number[];
};
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
/** Names in a row of the legend, and a row's height: further rows make the picture taller. */
const NAMES = 6;
const ROW = 18;
/** Groups whose names still fit beside each other. */
const LEVEL = 8;
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

/** What tells two series of one colour apart: attributes of the later one. */
type Again = (i: number) => string;
/** Lines beyond the last colour begin again with the first one, dashed; bars, paler. */
const dashOf: Again = (i) =>
  i < COLOURS.length ? '' : ` stroke-dasharray="${3 * Math.floor(i / COLOURS.length) + 3} 3"`;
const paleOf: Again = (i) => (i < COLOURS.length ? '' : ' opacity="0.5"');

function legend(names: readonly string[], again: Again): string {
  const step = (WIDTH - LEFT - RIGHT) / Math.min(NAMES, Math.max(1, names.length));
  return names
    .map((name, i) => {
      const x = LEFT + (i % NAMES) * step;
      const y = 37 + Math.floor(i / NAMES) * ROW;
      const key = `<path d="M${place(x)} ${y}h12" stroke="${colourOf(i)}" stroke-width="10"${again(i)}/>`;
      return key + text(x + 16, y + 4, name, 'start');
    })
    .join('');
}

type Drawing = { readonly body: string; readonly height: number };
type Frame = { readonly title: string; readonly names: readonly string[]; readonly top: number };

function framed({ title, names, top }: Frame, again: Again, marks: string): Drawing {
  const more = ROW * (Math.ceil(Math.max(1, names.length) / NAMES) - 1);
  const head = `<g font-size="14">${text(LEFT, 20, title, 'start')}</g>`;
  const plot = `<g transform="translate(0 ${more})">${axis(top)}${marks}</g>`;
  return { body: head + legend(names, again) + plot, height: HEIGHT + more };
}

/** The drawings below each other. */
function picture(drawings: readonly Drawing[]): string {
  let height = 0;
  const placed = drawings.map((drawing) => {
    const from = height;
    height += drawing.height;
    return from === 0 ? drawing.body : `<g transform="translate(0 ${from})">${drawing.body}</g>`;
  });
  const box = `viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`;
  const style = 'font-family="sans-serif" font-size="12" fill="#222"';
  const ground = '<rect width="100%" height="100%" fill="#fff"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} ${style}>${ground}${placed.join('')}</svg>\n`;
}

function whisker(x: number, { value, half }: Bar, top: number): string {
  if (value === null || half === null) return '';
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
      if (bar.value === null) return '';
      const [x, y] = [begin + b * wide, heightOf(bar.value, top)];
      const high = HEIGHT - LOWER - y;
      const rect = `<rect x="${place(x)}" y="${place(y)}" width="${place(wide - 2)}" height="${place(high)}" fill="${colourOf(b)}"${paleOf(b)}/>`;
      return rect + whisker(x + wide / 2 - 1, bar, top);
    });
    const [x, y] = [begin + room * 0.4, HEIGHT - LOWER + 16];
    if (groups.length <= LEVEL) return drawn.join('') + text(x, y, name);
    return `${drawn.join('')}<g transform="rotate(-28 ${place(x)} ${y})">${text(x + 8, y, name, 'end')}</g>`;
  });
  return picture([framed({ title, names: series, top }, paleOf, marks.join(''))]);
}

const placesOf = ({ values, at }: Line): readonly number[] => at ?? values.map((_, i) => i + 1);

function linesOf({ title, across, lines, top }: LineChart): Drawing {
  const ends = lines.flatMap((line) => placesOf(line));
  const first = ends.reduce((a, b) => Math.min(a, b), 1);
  const last = ends.reduce((a, b) => Math.max(a, b), first + 1);
  const x = (at: number): number => LEFT + ((at - first) * (WIDTH - LEFT - RIGHT)) / (last - first);
  const marks = lines.map((line, n) => {
    const places = placesOf(line);
    const path = line.values.map((value, i) => {
      if (value === null) return '';
      const pen = (line.values[i - 1] ?? null) === null ? 'M' : 'L';
      return `${pen}${place(x(places[i] ?? first))} ${place(heightOf(value, top))}`;
    });
    return `<path d="${path.join('')}" stroke="${colourOf(n)}" stroke-width="2" fill="none"${dashOf(n)}/>`;
  });
  const under =
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 24, across) +
    text(x(first), HEIGHT - LOWER + 18, String(first)) +
    text(x(last), HEIGHT - LOWER + 18, String(last));
  const names = lines.map(({ name }) => name);
  return framed({ title, names, top }, dashOf, marks.join('') + under);
}

/** A line for each series; further charts are drawn below. */
export function lineChart(...charts: readonly LineChart[]): string {
  return picture(charts.map(linesOf));
}
