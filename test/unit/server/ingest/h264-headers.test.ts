import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { h264Unit, nalUnits, parameterSetSize } from '../../../../server/ingest/h264-headers.ts';
import { h264Header } from '../../../../server/ingest/headers.ts';

/** Writes bits and Exp-Golomb codes; ends with the stop bit. */
class Bits {
  #bits = '';
  u(count: number, value: number): this {
    this.#bits += value.toString(2).padStart(count, '0');
    return this;
  }
  ue(value: number): this {
    const code = (value + 1).toString(2);
    this.#bits += '0'.repeat(code.length - 1) + code;
    return this;
  }
  bytes(): number[] {
    const all = `${this.#bits}1`;
    const padded = all.padEnd(Math.ceil(all.length / 8) * 8, '0');
    return (padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  }
}

type Shape = {
  profile?: number;
  across: number;
  down: number;
  framesOnly?: 0 | 1;
  crop?: readonly [number, number, number, number];
};

/** A sequence parameter set with its header byte, as section 7.3.2.1.1 lays it out. */
function parameterSet({ profile = 66, across, down, framesOnly = 1, crop }: Shape): Uint8Array {
  const bits = new Bits().u(8, profile).u(8, 0xe0).u(8, 31).ue(0);
  if (profile === 100) bits.ue(1).ue(0).ue(0).u(1, 0).u(1, 0); // 4:2:0, 8 bits, no scaling matrix
  bits.ue(4).ue(0).ue(4).ue(1).u(1, 0); // frame number, order count 0, one reference
  bits
    .ue(across - 1)
    .ue(down - 1)
    .u(1, framesOnly);
  if (framesOnly === 0) bits.u(1, 0);
  bits.u(1, 1);
  if (crop) {
    bits.u(1, 1);
    for (const side of crop) bits.ue(side);
  } else bits.u(1, 0);
  return Uint8Array.of(0x67, ...bits.u(1, 0).bytes());
}

const SLICE = [0x41, 0x9a, 0x00];
const IDR = [0x65, 0x88, 0x84];
const unit = (...nals: readonly (readonly number[] | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(nals.flatMap((nal) => [0, 0, 0, 1, ...nal]));

describe('parameterSetSize', () => {
  it.each([
    [
      { across: 20, down: 15 },
      { width: 320, height: 240 },
    ],
    [
      { across: 40, down: 30, profile: 100 },
      { width: 640, height: 480 },
    ],
    [
      { across: 80, down: 45 },
      { width: 1280, height: 720 },
    ],
    // 1088 lines less 2 x 4, in units of two lines
    [
      { across: 120, down: 68, crop: [0, 0, 0, 4] },
      { width: 1920, height: 1080 },
    ],
    // 21 macroblocks across less 2 x 7
    [
      { across: 21, down: 16, crop: [3, 4, 0, 7] },
      { width: 322, height: 242 },
    ],
    // two fields of 8 map units each
    [
      { across: 20, down: 8, framesOnly: 0 },
      { width: 320, height: 256 },
    ],
  ] as const)('reads %o', (shape, size) => {
    expect(parameterSetSize(parameterSet(shape))).toEqual(size);
  });

  it('reads past the bytes that keep start codes out', () => {
    const plain = parameterSet({ across: 20, down: 15 });
    const escaped = Uint8Array.of(0x67, 66, 0, 0, 3, ...plain.subarray(4)); // level 0: three zeros in a row would follow
    const zeros = Uint8Array.of(0x67, 66, 0, 0, ...plain.subarray(4));
    expect(parameterSetSize(escaped)).toEqual(parameterSetSize(zeros));
    expect(parameterSetSize(zeros)).toEqual({ width: 320, height: 240 });
  });

  it('gives null for one that is cut short', () => {
    expect(parameterSetSize(parameterSet({ across: 20, down: 15 }).subarray(0, 5))).toBe(null);
  });
});

describe('h264Unit', () => {
  it('splits at start codes of three and of four bytes', () => {
    expect(nalUnits(Uint8Array.of(0, 0, 0, 1, 9, 8, 0, 0, 1, 7)).map((nal) => [...nal])).toEqual([
      [9, 8],
      [7],
    ]);
  });

  it('tells key frames, and where the size stands', () => {
    const set = parameterSet({ across: 20, down: 15 });
    expect(h264Unit(unit(set, [0x68, 0xce], IDR))).toEqual({
      key: true,
      sizes: [{ width: 320, height: 240 }],
    });
    expect(h264Unit(unit(SLICE))).toEqual({ key: false, sizes: [] });
  });

  it('gives null where there is no picture', () => {
    expect(h264Unit(unit(parameterSet({ across: 20, down: 15 })))).toBe(null);
    expect(h264Unit(new Uint8Array(0))).toBe(null);
  });
});

describe('h264Header', () => {
  it('refuses a size beyond the limits, whatever else stands there', () => {
    expect(h264Header(unit(parameterSet({ across: 20, down: 15 }), IDR))).toEqual({ key: true, shown: true });
    expect(h264Header(unit(parameterSet({ across: 2_000, down: 15 }), IDR))).toBe(null);
    expect(
      h264Header(
        unit(parameterSet({ across: 20, down: 15 }), parameterSet({ across: 20, down: 9_000 }), SLICE),
      ),
    ).toBe(null);
  });

  it('never throws', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0x67, 0x65, 0x41, 0x68, 0x06), bytes), { maxLength: 4 }),
        (nals) => {
          const header = h264Header(unit(...nals.map(([head, rest]) => [head, ...rest])));
          expect(header === null || typeof header.key === 'boolean').toBe(true);
        },
      ),
    );
  });
});
