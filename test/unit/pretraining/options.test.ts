import { describe, expect, it } from 'vitest';

import { HELP, parseOptions } from '../../../server/pretraining/options.ts';
import { OBJECTIVES } from '../../../src/pretraining/step.ts';

describe('parseOptions', () => {
  it('has defaults for everything', () => {
    expect(parseOptions([], 2)).toMatchObject({
      modalities: ['audio', 'video'],
      length: { type: 'minutes' },
      seed: 1,
      objective: null,
      workers: 1,
      tensorFlowThreads: 1,
      starter: null,
    });
  });

  it('shares the cores between encoders, and between rendering and training', () => {
    expect(parseOptions([], 16)).toMatchObject({ workers: 4, tensorFlowThreads: 4 });
    expect(parseOptions(['--modality', 'audio'], 3)).toMatchObject({ workers: 2, tensorFlowThreads: 1 });
    expect(parseOptions(['--workers', '7'], 2)).toMatchObject({ workers: 7, tensorFlowThreads: 1 });
  });

  it('takes the last of two equal options', () => {
    expect(parseOptions(['--modality', 'both', '--modality', 'video']).modalities).toEqual(['video']);
  });

  it.each([
    [['--modality', 'smell'], /--modality is "smell", expected audio, video or both/],
    [['--steps', '0'], /--steps is "0", expected a whole number of at least 1/],
    [['--minutes', 'ten'], /--minutes is "ten", expected a number above 0/],
    [['--steps', '5', '--minutes', '5'], /give one of them/],
    [['--objective', 'guess'], /--objective is "guess", expected one of contrast/],
    [['--batch', '50'], /--batch is "50", expected a multiple of 16/],
    [['--rate', '0'], /--rate is "0", expected a number above 0/],
    [['--workers', '1.5'], /--workers is "1.5", expected a whole number/],
    [['--pictures'], /--pictures/],
  ])('explains %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ code: 'ERR_PRETRAINING_OPTION' }));
  });

  it('is told by the help', () => {
    for (const objective of OBJECTIVES) expect(HELP).toContain(objective);
    expect(HELP).toMatch(/More minutes, or more cores, give a better encoder/);
  });
});
