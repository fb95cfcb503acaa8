import { describe, expect, it } from 'vitest';
import { barChart, lineChart } from '../../../src/evaluation/plot.ts';

const count = (svg: string, part: string): number => svg.split(part).length - 1;

describe('barChart', () => {
  it('draws each bar as high as its value, and a whisker where there is an interval', () => {
    const svg = barChart({
      title: 'a < b & c',
      series: ['one', 'two'],
      groups: [
        {
          name: 'g',
          bars: [
            { value: 50, half: 5 },
            { value: 100, half: null },
          ],
        },
      ],
      top: 100,
    });
    expect(svg).toContain('a &lt; b &amp; c');
    // 380 high, 56 above and 60 below the axes: 264 for the whole of it.
    expect(svg).toContain('height="132.0"');
    expect(svg).toContain('height="264.0"');
    expect(count(svg, 'stroke="#222"')).toBe(1);
  });
});

describe('lineChart', () => {
  it('puts a line through every value and keeps it within the axes', () => {
    const svg = lineChart({
      title: 't',
      across: 'epochs',
      lines: [{ name: 'rho', values: [0, 1, 9] }],
      top: 2,
    });
    // From 48 to 900; 320 is 0, 56 the top.
    expect(svg).toContain('d="M48.0 320.0L474.0 188.0L900.0 56.0"');
    expect(count(svg, 'stroke-width="2"')).toBe(1);
  });

  it('begins a line at its first value, and tells more lines apart than there are colours', () => {
    const lines = Array.from({ length: 9 }, (_, i) => ({ name: `line ${i}`, values: [null, 1, null, 2] }));
    const svg = lineChart({ title: 't', across: 'labels', lines, top: 2 });
    expect(svg).toContain('d="M332.0 188.0M900.0 56.0"');
    expect(count(svg, 'stroke-width="2" fill="none" stroke-dasharray')).toBe(1);
    // The legend's second row takes its own height.
    expect(svg).toContain('height="398"');
  });

  it('puts values where they lie, and further charts below', () => {
    const chart = { title: 't', across: 'steps', top: 2 };
    const svg = lineChart(
      { ...chart, lines: [{ name: 'loss', values: [2, 0], at: [10, 30] }] },
      { ...chart, lines: [{ name: 'score', values: [1, 1], at: [1, 11] }] },
    );
    // From 1 at 48 to 30 at 900, and to 11 in the chart below.
    expect(svg).toContain('d="M312.4 56.0L900.0 320.0"');
    expect(svg).toContain('translate(0 380)');
    expect(svg).toContain('d="M48.0 188.0L900.0 188.0"');
    expect(svg).toContain('height="760"');
  });
});
