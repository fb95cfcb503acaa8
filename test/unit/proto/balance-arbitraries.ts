/** What is said of the balance, as fast-check sees it. */
import fc from 'fast-check';
import type { BalanceReport, RebalanceCommand } from '../../../proto/messages.ts';
import { POLICY_CHOICES, POLICY_NAMES } from '../../../proto/policies.ts';
import { millis } from '../../../proto/units.ts';

const uint32 = fc.nat(0xffff_ffff);
const float32 = (min: number, max: number): fc.Arbitrary<number> =>
  fc
    .float({ min: Math.fround(min), max: Math.fround(max), noNaN: true, noDefaultInfinity: true })
    .map((x) => x + 0);
const share = float32(0, 1);
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const instant = fc.double({ min: 0, max: 8.64e15, noNaN: true }).map((x) => millis(x + 0));
const policy = fc.constantFrom(...POLICY_NAMES);
const setting = fc.constantFrom('on' as const, 'off' as const, 'auto' as const);
const rho = fc.option(float32(0.001, 1000));
const mode = fc.constantFrom(
  'unknown' as const,
  'balanced' as const,
  'audio-weak' as const,
  'video-weak' as const,
  'guarded' as const,
);

export const rebalanceCommand: fc.Arbitrary<RebalanceCommand> = fc.record(
  {
    type: fc.constant('rebalance' as const),
    choice: fc.constantFrom(...POLICY_CHOICES),
    comparison: setting,
  },
  { requiredKeys: ['type'] },
);

const guard = fc.record({
  windows: uint32,
  accuracy: share,
  chance: share,
  needed: fc.option(float32(0, 3)),
  pausedFor: uint32,
  stops: uint32,
  trial: fc.option(uint32),
});

const classId = fc.stringMatching(/^[\w-]{1,20}$/);
const evidence = fc.record({
  windows: uint32,
  thin: fc.boolean(),
  notWorse: fc.boolean(),
  wins: uint32,
  losses: uint32,
  probability: share,
  gain: fc.constantFrom('more-right' as const, 'weak-sense' as const, 'surer' as const, 'none' as const),
  weak: fc.constantFrom('audio' as const, 'video' as const),
  weakBefore: share,
  weakAfter: share,
  sureBefore: share,
  sureAfter: share,
  keepsClasses: fc.boolean(),
  classes: fc.array(fc.record({ classId, windows: uint32, before: share, after: share }), { maxLength: 4 }),
  finite: fc.boolean(),
});

const rounds = fc.array(
  fc.record({
    round: uint32,
    at: instant,
    afterLabels: uint32,
    policy,
    outcome: fc.constantFrom('promoted' as const, 'rejected' as const),
    version: uint32,
    verdict: text,
    evidence: fc.option(evidence),
  }),
  { maxLength: 3 },
);

export const balanceReport: fc.Arbitrary<BalanceReport> = fc.record({
  type: fc.constant('balance' as const),
  choice: fc.constantFrom(...POLICY_CHOICES),
  policy,
  because: text,
  history: fc.array(fc.record({ label: uint32, rho, mode }), { maxLength: 5 }),
  limits: fc.record({ deadBand: share, enterWeak: float32(1, 4), leaveWeak: float32(1, 4) }),
  guard: fc.record({ audio: guard, video: guard, reason: text }),
  rounds,
  rollbacks: fc.array(
    fc.record({ at: instant, afterLabels: uint32, from: uint32, to: uint32, reason: text }),
    { maxLength: 3 },
  ),
  comparison: fc.record({
    setting,
    state: fc.constantFrom('off' as const, 'behind' as const, 'current' as const, 'failed' as const),
    reason: text,
    done: uint32,
    total: uint32,
    on: policy,
    off: policy,
    labels: uint32,
    onShare: share,
    offShare: share,
    low: float32(-1, 1),
    high: float32(-1, 1),
  }),
});
