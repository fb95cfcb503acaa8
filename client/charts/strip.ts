/** The strip chart: three lines over the last minute, redrawn at most once per animation frame. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Columns } from './columns.ts';

/** Colours are read from the style sheet, so that the chart follows the theme. */
const NAMES = ['--fused', '--sound', '--picture', '--line'] as const;

function colours(element: Element): Readonly<Record<(typeof NAMES)[number], string>> {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim() || '#888';
  return {
    '--fused': read('--fused'),
    '--sound': read('--sound'),
    '--picture': read('--picture'),
    '--line': read('--line'),
  };
}

/** Owns the plot inside `parent`. */
export class StripChart {
  readonly #parent: HTMLElement;
  #plot: uPlot | null = null;
  #data: Columns = [[], [], [], []];
  #frame = 0;
  readonly #resizes: ResizeObserver;

  constructor(parent: HTMLElement) {
    this.#parent = parent;
    this.#resizes = new ResizeObserver(() => this.#resize());
    this.#resizes.observe(parent);
  }

  /** Takes new columns; they are drawn with the next animation frame. */
  update(data: Columns): void {
    this.#data = data;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  /** Builds the plot anew, with the colours of the theme that is now set. */
  recolour(): void {
    this.#plot?.destroy();
    this.#plot = null;
    this.update(this.#data);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#resizes.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#parent;
    if (width > 0 && height > 0) this.#plot?.setSize({ width, height });
  }

  #draw(): void {
    this.#frame = 0;
    if (this.#parent.clientWidth === 0) return;
    this.#plot ??= this.#build();
    this.#plot.setData(this.#data, false);
    const [x] = this.#data;
    this.#plot.setScale('x', { min: x[0] ?? -60, max: x.at(-1) ?? 0 });
  }

  #build(): uPlot {
    const colour = colours(this.#parent);
    const line = (stroke: string, width: number): uPlot.Series => ({
      stroke,
      width,
      points: { show: false },
    });
    const grid = { stroke: colour['--line'], width: 1 };
    const none = { show: false };
    return new uPlot(
      {
        width: this.#parent.clientWidth,
        height: this.#parent.clientHeight,
        padding: [6, 0, 6, 0],
        legend: none,
        cursor: { show: false },
        scales: { x: { time: false, auto: false }, y: { auto: false, range: [0, 1] } },
        axes: [
          { size: 0, grid, ticks: none, splits: () => [-50, -40, -30, -20, -10], values: () => [] },
          { size: 0, grid, ticks: none, splits: () => [0, 0.5, 1], values: () => [] },
        ],
        series: [
          {},
          line(colour['--fused'], 2.5),
          line(colour['--sound'], 1.5),
          line(colour['--picture'], 1.5),
        ],
      },
      this.#data,
      this.#parent,
    );
  }
}
