/** What a server tells of the model and of itself: each message's two directions side by side. */
import { LIMITS } from '../limits.ts';
import type {
  BackendKind,
  Belief,
  Champion,
  Health,
  Model,
  Prediction,
  Prequential,
  Rebalance,
  Tile,
  Training,
  TrainingPhase,
} from '../messages.ts';
import { POLICY_NAMES } from '../policies.ts';
import { micros, millis } from '../units.ts';
import { MODES } from './balance-messages.ts';
import {
  counters,
  data,
  finite,
  flag,
  id,
  idOrNull,
  instant,
  list,
  oneOf,
  positive,
  present,
  real,
  refuse,
  span,
  text,
  whole,
} from './checks.ts';
import { link } from './rtc-messages.ts';
import { cut } from './text.ts';
import { type Encoded, signal, type Wire } from './wire.ts';

const PHASES: readonly TrainingPhase[] = ['idle', 'waiting', 'training', 'judging', 'paused', 'failed'];
const BACKENDS: readonly BackendKind[] = ['graph', 'eager', 'wasm'];
const ALMOST_ONE = 1.001; // a sum of float32 probabilities may round to a little more than 1

const share = (value: unknown, field: string): number => real(value, field, 0, ALMOST_ONE);

function shares(value: readonly number[] | null | undefined, field: string, count: number): number[] {
  const found = list(value, field, LIMITS.classes, (item) => share(item, field));
  return found.length === count ? found : refuse(field, found.length, `${count} numbers, one for each class`);
}

function readBelief(wire: Encoded<'Belief'>, field: string, classCount: number): Belief {
  const silent = Array.isArray(wire.probabilities) && wire.probabilities.length === 0;
  return {
    probabilities: shares(wire.probabilities, `${field}.probabilities`, silent ? 0 : classCount),
    confidence: share(wire.confidence, `${field}.confidence`),
    distance: wire.distance === -1 ? null : positive(wire.distance, `${field}.distance`),
    signal: signal.read(wire.signal),
    contribution: finite(wire.contribution, `${field}.contribution`),
    weight: share(wire.weight, `${field}.weight`),
    answer: idOrNull(wire.answer, `${field}.answer`),
  };
}

const writeBelief = (belief: Belief): Encoded<'Belief'> => ({
  probabilities: [...belief.probabilities],
  confidence: belief.confidence,
  distance: belief.distance ?? -1,
  signal: signal.write(belief.signal),
  contribution: belief.contribution,
  weight: belief.weight,
  answer: belief.answer ?? '',
});

export const prediction: Wire<Prediction, Encoded<'Prediction'>> = {
  read: (wire) => {
    const classIds = list(wire.classIds, 'prediction.class_ids', LIMITS.classes, (item) =>
      id(item, 'prediction.class_ids'),
    );
    const { min, max } = LIMITS.mediaTimeUs;
    const skewUs = whole(wire.skewUs, 'prediction.skew_us', min, max);
    return {
      type: 'prediction',
      sessionId: id(wire.sessionId, 'prediction.session_id'),
      index: whole(wire.index, 'prediction.index'),
      ...span(wire, 'prediction'),
      classIds,
      fused: shares(wire.fused, 'prediction.fused', classIds.length),
      answer: idOrNull(wire.answer, 'prediction.answer'),
      audio: readBelief(present(wire.audio, 'prediction.audio'), 'audio', classIds.length),
      video: readBelief(present(wire.video, 'prediction.video'), 'video', classIds.length),
      skew: flag(wire.hasSkew, 'prediction.has_skew') ? micros(skewUs) : null,
      modelVersion: whole(wire.modelVersion, 'prediction.model_version'),
      appliedSeq: whole(wire.appliedSeq, 'prediction.applied_seq'),
      lag: millis(finite(wire.lagMs, 'prediction.lag_ms')),
      headGate: share(wire.headGate, 'prediction.head_gate'),
    };
  },
  write: ({ type: _, start, end, classIds, fused, answer, audio, video, skew, lag, ...rest }) => ({
    ...rest,
    startUs: Math.round(start),
    endUs: Math.round(end),
    classIds: [...classIds],
    fused: [...fused],
    answer: answer ?? '',
    audio: writeBelief(audio),
    video: writeBelief(video),
    hasSkew: skew !== null,
    skewUs: Math.round(skew ?? 0),
    lagMs: lag,
  }),
};

const prequential: Wire<Prequential, Encoded<'Prequential'>> = {
  read: (wire) => ({
    fused: share(wire.fused, 'prequential.fused'),
    audio: share(wire.audio, 'prequential.audio'),
    video: share(wire.video, 'prequential.video'),
    labels: whole(wire.labels, 'prequential.labels'),
  }),
  write: (found) => ({ ...found }),
};

const rebalance: Wire<Rebalance, Encoded<'Rebalance'>> = {
  read: (wire) => ({
    policy: oneOf(POLICY_NAMES, wire.policy, 'rebalance.policy'),
    mode: oneOf(MODES, wire.mode, 'rebalance.mode'),
    reason: text(wire.reason, 'rebalance.reason'),
    early: flag(wire.early, 'rebalance.early'),
  }),
  write: ({ reason, ...rest }) => ({ ...rest, reason: cut(reason) }),
};

export const trainingState: Wire<Training, Encoded<'Training'>> = {
  read: (wire) => ({
    type: 'training',
    phase: oneOf(PHASES, wire.phase, 'training.phase'),
    labelsWaiting: whole(wire.labelsWaiting, 'training.labels_waiting'),
    round: whole(wire.round, 'training.round'),
    step: whole(wire.step, 'training.step'),
    steps: whole(wire.steps, 'training.steps'),
    verdict: text(wire.verdict, 'training.verdict'),
    reason: text(wire.reason, 'training.reason'),
    rho: wire.rho === 0 ? null : positive(wire.rho, 'training.rho'),
    beta: finite(wire.beta, 'training.beta'),
    gamma: finite(wire.gamma, 'training.gamma'),
    prequential: prequential.read(present(wire.prequential, 'training.prequential')),
    rebalance: rebalance.read(present(wire.rebalance, 'training.rebalance')),
  }),
  write: ({ type: _, verdict, reason, rho, prequential: scores, rebalance: balance, ...rest }) => ({
    ...rest,
    verdict: cut(verdict),
    reason: cut(reason),
    rho: rho ?? 0,
    prequential: prequential.write(scores),
    rebalance: rebalance.write(balance),
  }),
};

const champion: Wire<Champion, Encoded<'Champion'>> = {
  read: (wire) => {
    const heldOut = {
      fused: share(wire.fused, 'champion.fused'),
      audio: share(wire.audio, 'champion.audio'),
      video: share(wire.video, 'champion.video'),
    };
    return {
      version: whole(wire.version, 'champion.version'),
      at: instant(wire.atMs, 'champion.at_ms'),
      appliedSeq: whole(wire.appliedSeq, 'champion.applied_seq'),
      serving: flag(wire.serving, 'champion.serving'),
      heldOut: flag(wire.scored, 'champion.scored') ? heldOut : null,
      note: text(wire.note, 'champion.note'),
    };
  },
  write: ({ at, heldOut, note, ...rest }) => ({
    ...rest,
    atMs: at,
    scored: heldOut !== null,
    ...heldOut,
    note: cut(note),
  }),
};

export const model: Wire<Model, Encoded<'Model'>> = {
  read: (wire) => ({
    type: 'model',
    version: whole(wire.version, 'model.version'),
    backend: oneOf(BACKENDS, wire.backend, 'model.backend'),
    backendReason: text(wire.backendReason, 'model.backend_reason'),
    backendRemedy: text(wire.backendRemedy, 'model.backend_remedy'),
    beginning: text(wire.beginning, 'model.beginning'),
    history: list(wire.history, 'model.history', LIMITS.history, champion.read),
  }),
  write: ({ version, backend, backendReason, backendRemedy, beginning, history }) => ({
    version,
    backend,
    backendReason: cut(backendReason),
    backendRemedy: cut(backendRemedy),
    beginning: cut(beginning),
    history: history.map(champion.write),
  }),
};

export const health: Wire<Health, Encoded<'Health'>> = {
  read: (wire) => ({
    type: 'health',
    shed: counters(wire.shed, 'health.shed'),
    sessions: whole(wire.sessions, 'health.sessions'),
    rssBytes: positive(wire.rssBytes, 'health.rss_bytes'),
    tensors: whole(wire.tensors, 'health.tensors'),
    openDecoders: whole(wire.openDecoders, 'health.open_decoders'),
    storedBytes: positive(wire.storedBytes, 'health.stored_bytes'),
    storedLabels: whole(wire.storedLabels, 'health.stored_labels'),
    jitter: millis(positive(wire.jitterMs, 'health.jitter_ms')),
    totals: counters(wire.totals, 'health.totals'),
    link: wire.link ? link.read(wire.link) : null,
  }),
  write: ({ type: _, shed, totals, jitter, link: arrives, ...rest }) => ({
    ...rest,
    shed: { ...shed },
    totals: { ...totals },
    jitterMs: jitter,
    link: arrives && link.write(arrives),
  }),
};

export const tile: Wire<Tile, Encoded<'Tile'>> = {
  read: (wire) => {
    const rgb = new Uint8Array(data(wire.rgb, 'tile.rgb', LIMITS.tileBytes));
    if (rgb.length !== 0 && rgb.length !== LIMITS.tileBytes)
      refuse('tile.rgb', rgb, 'no picture or a whole one');
    return {
      type: 'tile',
      sessionId: id(wire.sessionId, 'tile.session_id'),
      ...span(wire, 'tile'),
      rgb,
      levelDb: finite(wire.levelDb, 'tile.level_db'),
    };
  },
  write: ({ sessionId, start, end, rgb, levelDb }) => ({
    sessionId,
    startUs: Math.round(start),
    endUs: Math.round(end),
    rgb,
    levelDb,
  }),
};
