import { describe, expect, it } from 'vitest';

import { replayPlots } from '../../../../server/cli/replay-plots.ts';
import { reportOf } from '../../../../src/evaluation/report.ts';

const span = (classId: string, answered: string) => ({
  classId,
  hears: true,
  sees: false,
  samples: [{ fused: answered, audio: answered, video: null, audioScore: null, videoScore: null }],
});

describe('replayPlots', () => {
  it('draws what the tables say: by policy, along the labels, by class', () => {
    const report = reportOf({
      policy: 'joint',
      spans: [span('a', 'a'), span('b', 'a')],
      rounds: [],
      rollbacks: 0,
      heldOut: null,
      heldOutSamples: 0,
    });
    const plots = replayPlots([report], (id) => `class ${id}`);
    expect([...plots.keys()]).toEqual(['policies.svg', 'labels.svg', 'classes.svg']);
    // 264 is the height of 100 %: half of the answers were right; by sight none was given.
    const heights = [...(plots.get('policies.svg') ?? '').matchAll(/height="([\d.]+)" fill="#[0-9a-f]{6}"/g)];
    expect(heights.map(([, height]) => height)).toEqual(['132.0', '132.0']);
    expect(plots.get('classes.svg')).toMatch(/class a.*class b/);
    expect(plots.get('labels.svg')).toContain('joint');
  });
});
