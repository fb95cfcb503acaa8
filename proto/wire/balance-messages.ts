/** The balance of the senses over the wire: each message's two directions side by side. */
import { LIMITS } from '../limits.ts';
import type {
  BalancePoint,
  BalanceReport,
  ClassShare,
  ComparisonReport,
  ComparisonState,
  GateEvidence,
  GateGain,
  GuardEvidence,
  RebalanceCommand,
  RebalanceMode,
  RollbackReport,
  RoundReport,
  Switch,
} from '../messages.ts';
import { POLICY_CHOICES, POLICY_NAMES } from '../policies.ts';
import { finite, flag, id, instant, list, oneOf, positive, present, real, text, whole } from './checks.ts';
import { cut } from './text.ts';
import { type Encoded, modality, type Wire } from './wire.ts';

const SWITCHES: readonly Switch[] = ['on', 'off', 'auto'];
const STATES: readonly ComparisonState[] = ['off', 'behind', 'current', 'failed'];
const GAINS: readonly GateGain[] = ['more-right', 'weak-sense', 'surer', 'none'];
const OUTCOMES: readonly RoundReport['outcome'][] = ['promoted', 'rejected'];
export const MODES: readonly RebalanceMode[] = ['unknown', 'balanced', 'audio-weak', 'video-weak', 'guarded'];

const share = (value: unknown, field: string): number => real(value, field, 0, 1);

export const rebalanceCommand: Wire<RebalanceCommand, Encoded<'RebalanceCommand'>> = {
  read: ({ choice, comparison }) => ({
    type: 'rebalance',
    ...(choice === '' ? {} : { choice: oneOf(POLICY_CHOICES, choice, 'rebalance.choice') }),
    ...(comparison === '' ? {} : { comparison: oneOf(SWITCHES, comparison, 'rebalance.comparison') }),
  }),
  write: ({ choice = '', comparison = '' }) => ({ choice, comparison }),
};

const point: Wire<BalancePoint, Encoded<'BalancePoint'>> = {
  read: (wire) => ({
    label: whole(wire.label, 'balance.label'),
    rho: wire.rho === 0 ? null : positive(wire.rho, 'balance.rho'),
    mode: oneOf(MODES, wire.mode, 'balance.mode'),
  }),
  write: ({ rho, ...rest }) => ({ ...rest, rho: rho ?? 0 }),
};

const guard: Wire<GuardEvidence, Encoded<'GuardEvidence'>> = {
  read: (wire) => ({
    windows: whole(wire.windows, 'guard.windows'),
    accuracy: share(wire.accuracy, 'guard.accuracy'),
    chance: share(wire.chance, 'guard.chance'),
    needed: wire.needed === -1 ? null : positive(wire.needed, 'guard.needed'),
    pausedFor: whole(wire.pausedFor, 'guard.paused_for'),
    stops: whole(wire.stops, 'guard.stops'),
    trial: flag(wire.onTrial, 'guard.on_trial') ? whole(wire.trial, 'guard.trial') : null,
  }),
  write: ({ needed, trial, ...rest }) => ({
    ...rest,
    needed: needed ?? -1,
    onTrial: trial !== null,
    trial: trial ?? 0,
  }),
};

const classShare: Wire<ClassShare, Encoded<'ClassShare'>> = {
  read: (wire) => ({
    classId: id(wire.classId, 'gate.class_id'),
    windows: whole(wire.windows, 'gate.windows'),
    before: share(wire.before, 'gate.before'),
    after: share(wire.after, 'gate.after'),
  }),
  write: (found) => ({ ...found }),
};

const gate: Wire<GateEvidence, Encoded<'GateEvidence'>> = {
  read: (wire) => ({
    windows: whole(wire.windows, 'gate.windows'),
    thin: flag(wire.thin, 'gate.thin'),
    notWorse: flag(wire.notWorse, 'gate.not_worse'),
    wins: whole(wire.wins, 'gate.wins'),
    losses: whole(wire.losses, 'gate.losses'),
    probability: share(wire.probability, 'gate.probability'),
    gain: oneOf(GAINS, wire.gain, 'gate.gain'),
    weak: modality.read(wire.weak),
    weakBefore: share(wire.weakBefore, 'gate.weak_before'),
    weakAfter: share(wire.weakAfter, 'gate.weak_after'),
    sureBefore: share(wire.sureBefore, 'gate.sure_before'),
    sureAfter: share(wire.sureAfter, 'gate.sure_after'),
    keepsClasses: flag(wire.keepsClasses, 'gate.keeps_classes'),
    classes: list(wire.classes, 'gate.classes', LIMITS.classes, classShare.read),
    finite: flag(wire.finite, 'gate.finite'),
  }),
  write: ({ weak, classes, ...rest }) => ({
    ...rest,
    weak: modality.write(weak),
    classes: classes.map(classShare.write),
  }),
};

const round: Wire<RoundReport, Encoded<'RoundReport'>> = {
  read: (wire) => ({
    round: whole(wire.round, 'round.round'),
    at: instant(wire.atMs, 'round.at_ms'),
    afterLabels: whole(wire.afterLabels, 'round.after_labels'),
    policy: oneOf(POLICY_NAMES, wire.policy, 'round.policy'),
    outcome: oneOf(OUTCOMES, wire.outcome, 'round.outcome'),
    version: whole(wire.version, 'round.version'),
    verdict: text(wire.verdict, 'round.verdict'),
    evidence: wire.evidence ? gate.read(wire.evidence) : null,
  }),
  write: ({ at, verdict, evidence, ...rest }) => ({
    ...rest,
    atMs: at,
    verdict: cut(verdict),
    evidence: evidence && gate.write(evidence),
  }),
};

const rollback: Wire<RollbackReport, Encoded<'RollbackReport'>> = {
  read: (wire) => ({
    at: instant(wire.atMs, 'rollback.at_ms'),
    afterLabels: whole(wire.afterLabels, 'rollback.after_labels'),
    from: whole(wire.from, 'rollback.from'),
    to: whole(wire.to, 'rollback.to'),
    reason: text(wire.reason, 'rollback.reason'),
  }),
  write: ({ at, reason, ...rest }) => ({ ...rest, atMs: at, reason: cut(reason) }),
};

const comparison: Wire<ComparisonReport, Encoded<'Comparison'>> = {
  read: (wire) => ({
    setting: oneOf(SWITCHES, wire.setting, 'comparison.setting'),
    state: oneOf(STATES, wire.state, 'comparison.state'),
    reason: text(wire.reason, 'comparison.reason'),
    done: whole(wire.done, 'comparison.done'),
    total: whole(wire.total, 'comparison.total'),
    on: oneOf(POLICY_NAMES, wire.on, 'comparison.on'),
    off: oneOf(POLICY_NAMES, wire.off, 'comparison.off'),
    labels: whole(wire.labels, 'comparison.labels'),
    onShare: share(wire.onShare, 'comparison.on_share'),
    offShare: share(wire.offShare, 'comparison.off_share'),
    low: finite(wire.low, 'comparison.low'),
    high: finite(wire.high, 'comparison.high'),
  }),
  write: ({ reason, ...rest }) => ({ ...rest, reason: cut(reason) }),
};

export const balanceReport: Wire<BalanceReport, Encoded<'BalanceReport'>> = {
  read: (wire) => ({
    type: 'balance',
    choice: oneOf(POLICY_CHOICES, wire.choice, 'balance.choice'),
    policy: oneOf(POLICY_NAMES, wire.policy, 'balance.policy'),
    because: text(wire.because, 'balance.because'),
    history: list(wire.history, 'balance.history', LIMITS.balancePoints, point.read),
    limits: {
      deadBand: positive(wire.deadBand, 'balance.dead_band'),
      enterWeak: positive(wire.enterWeak, 'balance.enter_weak'),
      leaveWeak: positive(wire.leaveWeak, 'balance.leave_weak'),
    },
    guard: {
      audio: guard.read(present(wire.guardAudio, 'balance.guard_audio')),
      video: guard.read(present(wire.guardVideo, 'balance.guard_video')),
      reason: text(wire.guardReason, 'balance.guard_reason'),
    },
    rounds: list(wire.rounds, 'balance.rounds', LIMITS.balanceRounds, round.read),
    rollbacks: list(wire.rollbacks, 'balance.rollbacks', LIMITS.balanceRounds, rollback.read),
    comparison: comparison.read(present(wire.comparison, 'balance.comparison')),
  }),
  write: ({ choice, policy, because, history, limits, guard: guards, rounds, rollbacks, ...rest }) => ({
    choice,
    policy,
    because: cut(because),
    history: history.map(point.write),
    ...limits,
    guardAudio: guard.write(guards.audio),
    guardVideo: guard.write(guards.video),
    guardReason: cut(guards.reason),
    rounds: rounds.map(round.write),
    rollbacks: rollbacks.map(rollback.write),
    comparison: comparison.write(rest.comparison),
  }),
};
