import { describe, expect, it } from 'vitest';

import { micros, millis } from '../../../proto/units.ts';
import { labelOf, pairOf, sampleOf } from '../../support/compute-windows.ts';
import { FakeFeedbackLog } from '../../support/fake-feedback-log.ts';
import { FakeInference } from '../../support/fake-inference.ts';

describe('FakeInference', () => {
  it('means by its calls what the process means', async () => {
    const log = new FakeFeedbackLog({ monotonic: () => micros(0), wall: () => millis(0) });
    const inference = new FakeInference(log.reader());
    for (const kind of [0, 1]) {
      const { seq } = await log.append(labelOf(`class-${kind}`, kind), [
        sampleOf(kind, 1),
        sampleOf(kind, 2),
      ]);
      const { scored, effects } = await inference.learn(seq);
      expect(scored).toHaveLength(2);
      expect(effects.map(({ before }) => before)).toEqual([0, 0]);
    }
    for (const kind of [0, 1]) expect((await inference.infer(pairOf(kind, 9))).answer).toBe(`class-${kind}`);
    await log.append({ type: 'undo', id: 'undo', labelId: 'label-1' });
    await inference.rebuild();
    expect((await inference.infer(pairOf(1, 9))).classIds).toEqual(['class-0']);
    await inference.swap('folder', 4);
    expect((await inference.infer(pairOf(0, 9))).modelVersion).toBe(4);
    await expect(inference.learn(99)).rejects.toMatchObject({ code: 'ERR_COMPUTE_LABEL' });
    await inference.close();
    await expect(inference.infer(pairOf(0, 9))).rejects.toMatchObject({ code: 'ERR_COMPUTE_CLOSED' });
  });
});
