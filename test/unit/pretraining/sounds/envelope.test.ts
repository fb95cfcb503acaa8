import { describe, expect, it } from 'vitest';

import { envelopeTrack } from '../../../../src/pretraining/sounds/envelope.ts';
import { trackTime } from '../../../../src/pretraining/sounds/scene.ts';

describe('envelopeTrack', () => {
  const amplitude = envelopeTrack({ attack: 0.1, stay: 0.2, decay: 0.3 }, 0.1);
  const at = (seconds: number): number =>
    amplitude[amplitude.findIndex((_, point) => trackTime(point) >= seconds - 1e-9)] ?? Number.NaN;

  it('is silent before its start, rises, stays, and is 60 dB down after its decay', () => {
    expect(at(0.1)).toBe(0);
    expect(at(0.15)).toBeCloseTo(Math.sin(Math.PI / 4), 5); // half the attack
    expect(at(0.3)).toBe(1);
    expect(at(0.4 + 0.15)).toBeCloseTo(10 ** (-30 / 20), 4);
    expect(at(0.4 + 0.3)).toBeCloseTo(10 ** (-60 / 20), 4);
    expect(at(0.9)).toBe(0);
  });
});
