/** Contrast of every colour that text is set in, on every surface it is set on (WCAG 2.2, success criterion 1.4.3). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../client/styles/tokens.css', import.meta.url), 'utf8');

/** The colours of each theme: the first block is dark, the other two are light. */
const themes = [...css.matchAll(/:root[^{]*\{([^}]*--bg[^}]*)\}/g)].map(
  ([, block = '']) =>
    new Map(
      [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
    ),
);

/** Relative luminance of an sRGB colour. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe('tokens.css', () => {
  it('has a dark and two forms of the light theme, which are the same', () => {
    expect(themes).toHaveLength(3);
    expect(themes[2]).toEqual(themes[1]);
  });

  it('computes contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2); // the well-known grey that just fails
  });

  it.each(['text', 'muted', 'fused', 'sound', 'picture', 'good', 'warn', 'bad'])(
    'sets %s with a contrast of at least 4.5',
    (name) => {
      for (const theme of themes) {
        for (const surface of ['bg', 'panel', 'raised']) {
          expect(
            contrast(theme.get(name) ?? '', theme.get(surface) ?? ''),
            `${name} on ${surface}`,
          ).toBeGreaterThanOrEqual(4.5);
        }
      }
    },
  );

  it('sets text on the accent colours with a contrast of at least 4.5', () => {
    for (const theme of themes) {
      expect(contrast(theme.get('on-accent') ?? '', theme.get('fused') ?? '')).toBeGreaterThanOrEqual(4.5);
    }
  });
});
