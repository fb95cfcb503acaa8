import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PICTURES } from '../../../../../src/pretraining/pictures/source.ts';
import { SOUNDS } from '../../../../../src/pretraining/sounds/source.ts';
import { MOTION_NAMES } from '../../../../bench/fewshot/held-out/motions.ts';
import { HELD_OUT_PICTURES } from '../../../../bench/fewshot/held-out/pictures.ts';
import { HELD_OUT_SOUNDS } from '../../../../bench/fewshot/held-out/sounds.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const pretraining = globSync('src/pretraining/**/*.ts', { cwd: root });
const sources = [
  ['pictures', PICTURES, HELD_OUT_PICTURES],
  ['sounds', SOUNDS, HELD_OUT_SOUNDS],
] as const;

describe('what is held out', () => {
  it.each(sources)('shares no family and no kind of %s with pretraining', (_, seen, heldOut) => {
    const names = (source: typeof seen | typeof heldOut): readonly string[] => [
      ...source.families.map(({ name }) => name),
      ...source.kinds,
    ];
    expect(names(seen).filter((name) => names(heldOut).includes(name))).toEqual([]);
    expect(names(heldOut).length).toBeGreaterThan(10);
  });

  it('shares no motion with pretraining, which knows only constant rates', () => {
    const known = [...PICTURES.kinds, ...PICTURES.measures].map((name) => name.toLowerCase());
    expect(MOTION_NAMES.filter((name) => known.some((one) => one.includes(name)))).toEqual([]);
  });

  it('is imported by nothing in src or server, as test/support is not', () => {
    expect(pretraining.length).toBeGreaterThan(10);
    const importing = globSync('{src,server}/**/*.ts', { cwd: root }).filter((file) =>
      /from '[^']*test\//.test(readFileSync(`${root}/${file}`, 'utf8')),
    );
    expect(importing).toEqual([]);
  });

  it('keeps espeak-ng out of pretraining', () => {
    const speaking = [...pretraining, ...globSync('server/pretraining/**/*.ts', { cwd: root })].filter(
      (file) => /['"`]espeak|clip-sound|clip-picture/.test(readFileSync(`${root}/${file}`, 'utf8')),
    );
    expect(speaking).toEqual([]);
  });
});
