import { describe, expect, it } from 'vitest';

import { micros } from '../../../../proto/units.ts';
import { KeyFrameRequests } from '../../../../server/sfu/key-frame-requests.ts';

const at = (ms: number) => micros(ms * 1_000);

describe('KeyFrameRequests', () => {
  it('asks at once, then not before the gap is over, then for what was wanted meanwhile', () => {
    const requests = new KeyFrameRequests(at(500));
    expect(requests.due(at(0))).toBe(false);
    requests.want();
    expect(requests.due(at(1))).toBe(true);
    requests.want();
    expect([
      requests.due(at(2)),
      requests.due(at(500)),
      requests.due(at(501)),
      requests.due(at(2_000)),
    ]).toEqual([false, false, true, false]);
  });

  it('forgets what was wanted when a key frame comes', () => {
    const requests = new KeyFrameRequests(at(500));
    requests.want();
    requests.came();
    expect(requests.due(at(1_000))).toBe(false);
  });
});
