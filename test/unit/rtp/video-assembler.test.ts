import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { H264Format } from '../../../src/rtp/h264.ts';
import type { Assembled, Gap } from '../../../src/rtp/payload-format.ts';
import { VideoAssembler } from '../../../src/rtp/video-assembler.ts';
import { Vp8Format } from '../../../src/rtp/vp8.ts';
import { annexB, fuA, h264Slice, type Vp8Layer, vp8Frame, vp8Payloads } from '../../support/rtp-packetize.ts';

/** One packet of a story: its frame's number gives the timestamp. */
type Step = {
  readonly frame: number;
  readonly payload: Uint8Array;
  readonly marker?: boolean;
  readonly gap?: Gap;
};

const TICKS = 3000;
const NO_PAYLOAD = new Uint8Array(0);

function told(assembled: Assembled): string {
  if (assembled.type === 'need-key-frame') return 'ask';
  if (assembled.type === 'dropped') return assembled.reason;
  const { key, timestamp, data } = assembled.frame;
  return `${key ? 'key' : 'delta'} ${timestamp / TICKS} (${data.length})`;
}
const play = (assembler: VideoAssembler, steps: readonly Step[]): string[][] =>
  steps.map(({ frame, payload, marker = false, gap = 0 }) =>
    assembler.push({ timestamp: frame * TICKS, marker, payload }, gap).map(told),
  );

const vp8 = (): VideoAssembler => new VideoAssembler(new Vp8Format());
const h264 = (): VideoAssembler => new VideoAssembler(new H264Format());

/** A VP8 frame of 10 bytes in one packet, or of 20 in two. */
const one = (key: boolean, layer?: Vp8Layer): Uint8Array =>
  vp8Payloads(vp8Frame(key, 10), layer)[0] ?? NO_PAYLOAD;
const two = (key: boolean, layer?: Vp8Layer): readonly [Uint8Array, Uint8Array] => {
  const [head = NO_PAYLOAD, tail = NO_PAYLOAD] = vp8Payloads(vp8Frame(key, 20), layer, 10);
  return [head, tail];
};
const [KEY_HEAD, KEY_TAIL] = two(true);
const [HEAD, TAIL] = two(false);
const KEY = one(true);
const DELTA = one(false);

describe('VideoAssembler with VP8', () => {
  it('emits frames of one and of several packets at the marker', () => {
    expect(
      play(vp8(), [
        { frame: 0, payload: KEY_HEAD },
        { frame: 0, payload: KEY_TAIL, marker: true },
        { frame: 1, payload: DELTA, marker: true },
      ]),
    ).toEqual([[], ['key 0 (20)'], ['delta 1 (10)']]);
  });

  it('asks once for a key frame when it comes into the middle, and drops until there is one', () => {
    expect(
      play(vp8(), [
        { frame: 0, payload: TAIL, marker: true },
        { frame: 1, payload: DELTA, marker: true },
        { frame: 2, payload: KEY, marker: true },
        { frame: 3, payload: DELTA, marker: true },
      ]),
    ).toEqual([['ask', 'rtp-incomplete'], ['no-key-frame'], ['key 2 (10)'], ['delta 3 (10)']]);
  });

  it.each([
    ['a whole frame', [{ frame: 2, payload: DELTA, marker: true, gap: 1 }], [['ask', 'no-key-frame']]],
    [
      'the head of a frame, counted once',
      [
        { frame: 1, payload: TAIL, gap: 1 },
        { frame: 1, payload: TAIL, marker: true },
        { frame: 2, payload: DELTA, marker: true },
      ],
      [['ask', 'rtp-incomplete'], [], ['no-key-frame']],
    ],
    [
      'the tail of a frame',
      [
        { frame: 1, payload: HEAD },
        { frame: 2, payload: DELTA, marker: true, gap: 1 },
      ],
      [[], ['rtp-incomplete', 'ask', 'no-key-frame']],
    ],
    [
      'the middle of a frame, counted once',
      [
        { frame: 1, payload: HEAD },
        { frame: 1, payload: TAIL, gap: 2 },
        { frame: 1, payload: TAIL, marker: true },
        { frame: 2, payload: DELTA, marker: true },
      ],
      [[], ['rtp-incomplete', 'ask'], [], ['no-key-frame']],
    ],
    [
      'deltas before a key frame, which needs no request',
      [
        { frame: 3, payload: KEY, marker: true, gap: 4 },
        { frame: 4, payload: DELTA, marker: true },
      ],
      [['key 3 (10)'], ['delta 4 (10)']],
    ],
  ])('after the loss of %s', (_, steps: readonly Step[], expected) => {
    const assembler = vp8();
    play(assembler, [{ frame: 0, payload: KEY, marker: true }]);
    expect(play(assembler, steps)).toEqual(expected);
  });

  it('asks again for each gap, also while it waits', () => {
    expect(
      play(vp8(), [
        { frame: 0, payload: DELTA, marker: true },
        { frame: 2, payload: DELTA, marker: true, gap: 1 },
        { frame: 3, payload: KEY_HEAD },
        { frame: 4, payload: DELTA, marker: true, gap: 1 },
      ]),
    ).toEqual([
      ['ask', 'no-key-frame'],
      ['ask', 'no-key-frame'],
      [],
      ['rtp-incomplete', 'ask', 'no-key-frame'],
    ]);
  });

  it('passes over padding probes, within and between frames', () => {
    expect(
      play(vp8(), [
        { frame: 0, payload: KEY_HEAD },
        { frame: 0, payload: NO_PAYLOAD },
        { frame: 0, payload: KEY_TAIL, marker: true },
        { frame: 0, payload: NO_PAYLOAD, marker: true },
        { frame: 7, payload: NO_PAYLOAD },
        { frame: 1, payload: DELTA, marker: true },
      ]),
    ).toEqual([[], [], ['key 0 (20)'], [], [], ['delta 1 (10)']]);
  });

  it('remembers a gap before a padding probe', () => {
    const assembler = vp8();
    play(assembler, [{ frame: 0, payload: KEY, marker: true }]);
    expect(
      play(assembler, [
        { frame: 0, payload: NO_PAYLOAD, gap: 1 },
        { frame: 1, payload: DELTA, marker: true },
      ]),
    ).toEqual([[], ['ask', 'no-key-frame']]);
  });

  it('ends a frame without a marker where the next one begins', () => {
    expect(
      play(vp8(), [
        { frame: 0, payload: KEY_HEAD },
        { frame: 0, payload: KEY_TAIL },
        { frame: 1, payload: DELTA },
        { frame: 1, payload: DELTA, marker: true }, // another frame of the same instant
      ]),
    ).toEqual([[], [], ['key 0 (20)'], ['delta 1 (10)', 'delta 1 (10)']]);
  });

  it('treats a malformed payload as a loss', () => {
    const assembler = vp8();
    const cut = new Uint8Array([0x90, 0x80]);
    play(assembler, [{ frame: 0, payload: KEY, marker: true }]);
    expect(
      play(assembler, [
        { frame: 1, payload: HEAD },
        { frame: 1, payload: cut },
        { frame: 1, payload: TAIL, marker: true },
        { frame: 2, payload: DELTA, marker: true },
      ]),
    ).toEqual([[], ['rtp-malformed'], ['ask'], ['no-key-frame']]);
  });

  it('counts a frame once whose first payload is malformed', () => {
    const assembler = vp8();
    play(assembler, [{ frame: 0, payload: KEY, marker: true }]);
    expect(
      play(assembler, [
        { frame: 1, payload: new Uint8Array([0x90]) },
        { frame: 1, payload: TAIL, marker: true },
      ]),
    ).toEqual([['rtp-malformed'], ['ask']]);
  });

  it('does not take a frame for whole that begins without its start', () => {
    const assembler = vp8();
    play(assembler, [{ frame: 0, payload: KEY, marker: true }]);
    expect(play(assembler, [{ frame: 1, payload: TAIL, marker: true }])).toEqual([['rtp-incomplete', 'ask']]);
  });

  it('is indifferent to timestamps that jump, and to the size of the picture', () => {
    expect(
      play(vp8(), [
        { frame: 1000, payload: KEY, marker: true },
        { frame: 3, payload: DELTA, marker: true },
        { frame: 1e6, payload: KEY_HEAD },
        { frame: 1e6, payload: KEY_TAIL, marker: true },
      ]),
    ).toEqual([['key 1000 (10)'], ['delta 3 (10)'], [], ['key 1000000 (20)']]);
  });

  describe('with temporal layers', () => {
    /** L1T3: 0 2 1 2, the base layer counted by TL0PICIDX. */
    const at = (frame: number, temporalId: number, baseIndex: number, sync = false): Step => ({
      frame,
      payload: one(false, { temporalId, baseIndex, sync, pictureId: frame }),
      marker: true,
    });
    const lostBefore = (step: Step, gap = 1): Step => ({ ...step, gap });
    const started = (baseIndex = 0): VideoAssembler => {
      const assembler = vp8();
      const key = one(true, { temporalId: 0, baseIndex });
      play(assembler, [{ frame: 0, payload: key, marker: true }]);
      return assembler;
    };

    it.each([
      [
        'goes on with the base layer when an upper frame is lost, and with a layer from its next sync frame',
        // lost: frame 1 (layer 2)
        [
          lostBefore(at(2, 1, 0)),
          at(3, 2, 0),
          at(4, 0, 1),
          at(5, 2, 1, true),
          at(6, 1, 1, true),
          at(7, 2, 1),
        ],
        [
          ['rtp-incomplete'],
          ['rtp-incomplete'],
          ['delta 4 (10)'],
          ['delta 5 (10)'],
          ['delta 6 (10)'],
          ['delta 7 (10)'],
        ],
      ],
      [
        'keeps layer 2 back until layer 1 is whole again',
        // lost: frame 2 (layer 1)
        [
          at(1, 2, 0, true),
          lostBefore(at(3, 2, 0)),
          at(4, 0, 1),
          at(5, 2, 1, true),
          at(6, 2, 1),
          at(7, 1, 1, true),
        ],
        [
          ['delta 1 (10)'],
          ['rtp-incomplete'],
          ['delta 4 (10)'],
          ['delta 5 (10)'],
          ['rtp-incomplete'],
          ['delta 7 (10)'],
        ],
      ],
      [
        'goes on at the next base frame when all before it was of upper layers',
        [lostBefore(at(4, 0, 1), 3), at(5, 1, 1, true)],
        [['delta 4 (10)'], ['delta 5 (10)']],
      ],
      [
        'asks when the base layer counts on by two',
        [lostBefore(at(8, 0, 2), 7), at(9, 1, 2, true)],
        [['ask', 'no-key-frame'], ['no-key-frame']],
      ],
      [
        'asks when an upper frame stands on a base frame that is missing',
        [lostBefore(at(5, 2, 1, true), 2)],
        [['ask', 'no-key-frame']],
      ],
      [
        'asks after a gap in which the count may have gone once around',
        [lostBefore(at(400, 0, 1), 256)],
        [['ask', 'no-key-frame']],
      ],
      [
        'asks after a restart, of which nothing is known',
        [lostBefore(at(4, 0, 1), Infinity)],
        [['ask', 'no-key-frame']],
      ],
    ])('%s', (_, steps: readonly Step[], expected) => {
      expect(play(started(), steps)).toEqual(expected);
    });

    it('keeps a layer back after a frame of it that was dropped, until it syncs', () => {
      const steps = [
        lostBefore(at(3, 2, 0)), // lost: frame 2 (layer 1)
        ...[at(4, 0, 1), at(5, 2, 1, true), at(6, 1, 1), at(7, 2, 1)],
        ...[at(8, 0, 2), at(9, 2, 2), at(10, 1, 2, true), at(11, 2, 2)],
        ...[at(12, 0, 3), at(13, 2, 3, true), at(14, 1, 3), at(15, 2, 3)],
      ];
      const given = play(started(), steps).map(([what = '']) => what.startsWith('delta'));
      const [no, yes] = [false, true];
      expect(given).toEqual([no, yes, yes, no, no, yes, no, yes, no, yes, yes, yes, yes]);
    });

    it('goes on with every layer after a key frame', () => {
      const key = { frame: 4, payload: one(true, { temporalId: 0, baseIndex: 1 }), marker: true };
      expect(play(started(), [lostBefore(at(2, 1, 0)), key, at(5, 2, 1)])).toEqual([
        ['rtp-incomplete'],
        ['key 4 (10)'],
        ['delta 5 (10)'],
      ]);
    });

    it('asks at each gap while it waits, whatever TL0PICIDX says', () => {
      const steps = [lostBefore(at(8, 0, 2)), lostBefore(at(9, 2, 0, true))];
      expect(play(started(), steps)).toEqual([
        ['ask', 'no-key-frame'],
        ['ask', 'no-key-frame'],
      ]);
    });

    it('counts TL0PICIDX around', () => {
      expect(play(started(255), [lostBefore(at(4, 0, 0))])).toEqual([['delta 4 (10)']]);
    });

    it('asks when the gap is inside a base frame', () => {
      const [head, tail] = two(false, { temporalId: 0, baseIndex: 1 });
      expect(
        play(started(), [
          { frame: 4, payload: head },
          { frame: 4, payload: tail, marker: true, gap: 1 },
          at(5, 1, 1, true),
        ]),
      ).toEqual([[], ['rtp-incomplete', 'ask'], ['no-key-frame']]);
    });

    it('does not ask when the gap is inside an upper frame', () => {
      const [head, tail] = two(false, { temporalId: 2, baseIndex: 0 });
      expect(
        play(started(), [
          { frame: 1, payload: head },
          { frame: 1, payload: tail, marker: true, gap: 1 },
          at(4, 0, 1),
        ]),
      ).toEqual([[], ['rtp-incomplete'], ['delta 4 (10)']]);
    });

    it('trusts an unbroken order over the count, as a forwarder may drop layers', () => {
      expect(play(started(), [at(4, 0, 9), at(5, 2, 9)])).toEqual([['delta 4 (10)'], ['delta 5 (10)']]);
    });

    it('gives a frame only after all it depends on, and every base frame when only upper ones are lost (law)', () => {
      const pattern = [0, 2, 1, 2] as const; // L1T3
      const upper = fc.record({
        sync: fc.boolean(),
        lost: fc.integer({ min: 0, max: 7 }).map((n) => n === 0),
      });
      fc.assert(
        fc.property(fc.array(upper, { maxLength: 60 }), fc.boolean(), (plan, baseToo) => {
          const assembler = started();
          const given = new Set([0]);
          const newest = [0, 0, 0, 0]; // by layer: the frame sent last; 0 is the key frame
          let gap = 0;
          for (const [i, { sync, lost }] of plan.entries()) {
            const [frame, layer] = [i + 1, pattern[(i + 1) % 4] ?? 0];
            const base = newest[0] ?? 0;
            const needs = layer === 0 || sync ? [base] : newest.slice(0, layer + 1);
            newest[layer] = frame;
            if (lost && (layer > 0 || baseToo)) {
              gap++;
              continue;
            }
            const steps = [lostBefore(at(frame, layer, Math.floor(frame / 4), layer > 0 && sync), gap)];
            const out = play(assembler, steps)
              .flat()
              .some((what) => what.startsWith('delta'));
            if (out) for (const need of needs) expect(given.has(need)).toBe(true);
            if (layer === 0 && !baseToo) expect(out).toBe(true);
            if (out) given.add(frame);
            gap = 0;
          }
        }),
        { numRuns: 300 },
      );
    });

    it('leaves out the layers that are not wanted, and takes each up again where it depends on the base alone', () => {
      const assembler = started();
      assembler.prefer(0);
      const low = [at(1, 2, 0, true), at(2, 1, 0, true), at(3, 2, 0), at(4, 0, 1)];
      expect(play(assembler, low)).toEqual([[], [], [], ['delta 4 (10)']]);
      assembler.prefer(2);
      const high = [
        at(5, 2, 1),
        at(6, 1, 1),
        at(7, 2, 1, true),
        at(8, 0, 2),
        at(9, 2, 2),
        at(10, 1, 2),
        at(11, 1, 2, true),
      ];
      expect(play(assembler, high)).toEqual([
        ...[[], [], ['delta 7 (10)'], ['delta 8 (10)']],
        ...[[], [], ['delta 11 (10)']], // frame 9 stands on layer 1, which was left out
      ]);
    });

    it('still tells a loss from what is not wanted, and takes everything up at a key frame', () => {
      const assembler = started();
      assembler.prefer(1);
      expect(play(assembler, [lostBefore(at(2, 1, 0)), at(3, 2, 0)])).toEqual([['rtp-incomplete'], []]);
      assembler.prefer(2);
      const key: Step = { frame: 4, payload: one(true, { temporalId: 0, baseIndex: 1 }), marker: true };
      expect(play(assembler, [key, at(5, 2, 1), at(6, 1, 1)])).toEqual([
        ['key 4 (10)'],
        ['delta 5 (10)'],
        ['delta 6 (10)'],
      ]);
    });

    it('says which layer a frame is of', () => {
      const assembler = started();
      const { payload } = at(1, 2, 0, true);
      expect(assembler.push({ timestamp: 1, marker: true, payload }, 0)).toMatchObject([
        { type: 'frame', frame: { temporalId: 2 } },
      ]);
    });
  });
});

describe('VideoAssembler with H264', () => {
  const SPS = new Uint8Array([0x67, 1, 2]);
  const PPS = new Uint8Array([0x68, 1]);
  const IDR = h264Slice(true, 10);
  const SLICE = h264Slice(false, 10);
  const [FIRST = NO_PAYLOAD, LAST = NO_PAYLOAD] = fuA(SLICE, 5);
  const started = (): VideoAssembler => {
    const assembler = h264();
    play(assembler, [
      { frame: 0, payload: SPS },
      { frame: 0, payload: PPS },
      { frame: 0, payload: IDR, marker: true },
    ]);
    return assembler;
  };
  const KEY_BYTES = annexB([SPS, PPS, IDR]).length;

  it('joins the packets of one timestamp', () => {
    expect(
      play(h264(), [
        { frame: 0, payload: SPS },
        { frame: 0, payload: PPS },
        { frame: 0, payload: IDR, marker: true },
        { frame: 1, payload: FIRST },
        { frame: 1, payload: LAST, marker: true },
      ]),
    ).toEqual([[], [], [`key 0 (${KEY_BYTES})`], [], ['delta 1 (14)']]);
  });

  it('is not ended by a marker on parameter sets alone', () => {
    expect(
      play(h264(), [
        { frame: 0, payload: SPS, marker: true },
        { frame: 0, payload: PPS, marker: true },
        { frame: 0, payload: IDR, marker: true },
      ]),
    ).toEqual([[], [], [`key 0 (${KEY_BYTES})`]]);
  });

  it('keeps parameter sets with a timestamp of their own for the key frame', () => {
    expect(
      play(h264(), [
        { frame: 0, payload: SPS, marker: true },
        { frame: 0, payload: PPS, marker: true },
        { frame: 1, payload: IDR, marker: true },
      ]),
    ).toEqual([[], [], [`key 1 (${KEY_BYTES})`]]);
  });

  it('ends a frame without a marker at the next timestamp', () => {
    expect(
      play(started(), [
        { frame: 1, payload: SLICE },
        { frame: 2, payload: SLICE, marker: true },
      ]),
    ).toEqual([[], ['delta 1 (14)', 'delta 2 (14)']]);
  });

  it('drops until the next IDR after a loss', () => {
    expect(
      play(started(), [
        { frame: 1, payload: LAST, marker: true, gap: 1 },
        { frame: 2, payload: SLICE, marker: true },
        { frame: 3, payload: SPS },
        { frame: 3, payload: IDR, marker: true },
        { frame: 4, payload: SLICE, marker: true },
      ]),
    ).toEqual([
      ['ask', 'rtp-incomplete'],
      ['no-key-frame'],
      [],
      [`key 3 (${annexB([SPS, IDR]).length})`],
      ['delta 4 (14)'],
    ]);
  });

  it('does not begin a frame anew within one that has a hole', () => {
    expect(
      play(started(), [
        { frame: 1, payload: SPS },
        { frame: 1, payload: IDR, marker: true, gap: 1 }, // what is missing may have been a parameter set
        { frame: 2, payload: IDR, marker: true },
      ]),
    ).toEqual([[], ['rtp-incomplete', 'ask'], [`key 2 (${KEY_BYTES})`]]);
  });

  it('takes a frame that begins with something unknown where nothing is missing', () => {
    const filler = new Uint8Array([12, 0xff, 0x80]);
    expect(
      play(started(), [
        { frame: 1, payload: filler },
        { frame: 1, payload: SLICE, marker: true },
      ]),
    ).toEqual([[], [`delta 1 (${annexB([filler, SLICE]).length})`]]);
  });

  it('drops a frame with a fragment out of place', () => {
    expect(
      play(started(), [
        { frame: 1, payload: LAST, marker: true },
        { frame: 2, payload: SLICE, marker: true },
      ]),
    ).toEqual([['rtp-malformed'], ['ask', 'no-key-frame']]);
  });
});
