/** A reference case through the product's float64 functions; results carry the names of the reference files. */
import {
  accelerationLoss,
  crossEntropyGradient,
  entropyGradient,
  entropyTerm,
  pceGradient,
  plus,
  products,
} from '../../src/pmr/losses.ts';
import { type Matrix, matrixOf, rowOf, rowsOf, zeros } from '../../src/pmr/matrix.ts';
import { gradedPush, imbalanceRatio, ogmCoefficients, switchedPush } from '../../src/pmr/modulation.ts';
import { classMeans, withMomentum } from '../../src/pmr/prototypes.ts';
import {
  atLabels,
  crossEntropy,
  type Distance,
  distances,
  entropies,
  meanOf,
  nearest,
  prototypeSoftmax,
  prototypicalCrossEntropy,
  softmax,
  sumOf,
} from '../../src/pmr/scores.ts';
import type { Json, PmrCase } from './pmr-case.ts';

/** What both steps start from. */
export type Prepared = {
  readonly audio: Matrix;
  readonly video: Matrix;
  readonly seen: readonly boolean[];
  /** The head's halves, [K, D] each, and its logits [B, K]. */
  readonly headAudio: Matrix;
  readonly headVideo: Matrix;
  readonly logits: Matrix;
  readonly means: Json;
};

function columnsOf(matrix: Matrix, from: number, to: number): Matrix {
  return matrixOf(
    Array.from({ length: matrix.rows }, (_, i) => rowOf(matrix, i).subarray(from, to)),
    to - from,
  );
}

function withBias(logits: Matrix, bias: readonly number[], share = 1): Matrix {
  return { ...logits, values: logits.values.map((value, i) => value + share * bias[i % logits.columns]!) };
}

/** Prototypes after the momentum update, and the head's halves. */
export function prepare(data: PmrCase): Prepared {
  const audioMeans = classMeans(data.subsetAudio, data.subsetLabels, data.classes);
  const videoMeans = classMeans(data.subsetVideo, data.subsetLabels, data.classes);
  const width = data.zAudio.columns;
  const headAudio = columnsOf(data.headWeight, 0, width);
  const headVideo = columnsOf(data.headWeight, width, data.headWeight.columns);
  const audio = withMomentum(data.previousAudio, audioMeans, data.hyper.epsilon);
  const video = withMomentum(data.previousVideo, videoMeans, data.hyper.epsilon);
  return {
    audio,
    video,
    seen: audioMeans.seen,
    headAudio,
    headVideo,
    logits: withBias(plus(products(data.zAudio, headAudio), products(data.zVideo, headVideo)), data.headBias),
    means: {
      count: audioMeans.counts,
      seen: audioMeans.seen,
      mean_audio: rowsOf(audioMeans.means),
      mean_video: rowsOf(videoMeans.means),
      ema_audio: rowsOf(audio),
      ema_video: rowsOf(video),
    },
  };
}

/** Both fused gradients, through the head alone. */
function headGradients(
  data: PmrCase,
  { logits, headAudio, headVideo }: Prepared,
): { audio: Matrix; video: Matrix } {
  const p = softmax(logits);
  return {
    audio: crossEntropyGradient(p, data.labels, headAudio),
    video: crossEntropyGradient(p, data.labels, headVideo),
  };
}

function paperStep(data: PmrCase, prepared: Prepared, distance: Distance): Json {
  const { labels, hyper } = data;
  const side = (z: Matrix, centres: Matrix) => {
    const d = distances(z, centres, distance);
    const p = prototypeSoftmax(d);
    const scores = atLabels(p, labels);
    return {
      d,
      p,
      scores,
      sum: sumOf(scores),
      pce: prototypicalCrossEntropy(d, labels),
      entropy: entropies(p),
    };
  };
  const audio = side(data.zAudio, prepared.audio);
  const video = side(data.zVideo, prepared.video);
  const rho = imbalanceRatio(audio.sum, video.sum);
  const { beta, gamma } = gradedPush(rho);
  const modulation = { alpha: hyper.alpha, mu: hyper.mu, beta, gamma };
  const fused = crossEntropy(prepared.logits, labels);
  const acceleration = accelerationLoss({ fused, pceAudio: audio.pce, pceVideo: video.pce }, modulation);
  const held = entropyTerm(meanOf(audio.entropy), meanOf(video.entropy), modulation);
  const head = headGradients(data, prepared);
  const accAudio = plus(
    head.audio,
    pceGradient(data.zAudio, prepared.audio, labels, distance),
    hyper.alpha * beta,
  );
  const accVideo = plus(
    head.video,
    pceGradient(data.zVideo, prepared.video, labels, distance),
    hyper.alpha * gamma,
  );
  const entropyAudio = entropyGradient(data.zAudio, prepared.audio, distance);
  const entropyVideo = entropyGradient(data.zVideo, prepared.video, distance);
  return {
    distance_audio: rowsOf(audio.d),
    distance_video: rowsOf(video.d),
    softmax_audio: rowsOf(audio.p),
    softmax_video: rowsOf(video.p),
    true_prob_audio: audio.scores,
    true_prob_video: video.scores,
    score_sum_audio: audio.sum,
    score_sum_video: video.sum,
    rho,
    beta,
    gamma,
    pce_audio: audio.pce,
    pce_video: video.pce,
    entropy_audio: audio.entropy,
    entropy_video: video.entropy,
    ce_fused: fused,
    loss_acc: acceleration,
    per_term: held,
    loss_final: acceleration - held,
    pred_audio: nearest(audio.d),
    pred_video: nearest(video.d),
    grad_acc_z_audio: rowsOf(accAudio),
    grad_acc_z_video: rowsOf(accVideo),
    grad_final_z_audio: rowsOf(plus(accAudio, entropyAudio, -hyper.mu * gamma)),
    grad_final_z_video: rowsOf(plus(accVideo, entropyVideo, -hyper.mu * beta)),
  };
}

const negated = (matrix: Matrix): Matrix => plus(zeros(matrix.rows, matrix.columns), matrix, -1);

function officialStep(data: PmrCase, prepared: Prepared): Json {
  const { labels, hyper } = data;
  const side = (z: Matrix, centres: Matrix, half: Matrix) => {
    const d = distances(z, centres, 'euclid');
    const unimodal = withBias(products(z, half), data.headBias, 0.5);
    return {
      d,
      unimodal,
      sum: sumOf(atLabels(prototypeSoftmax(d), labels)),
      headSum: sumOf(atLabels(softmax(unimodal), labels)),
      pce: prototypicalCrossEntropy(d, labels),
    };
  };
  const audio = side(data.zAudio, prepared.audio, prepared.headAudio);
  const video = side(data.zVideo, prepared.video, prepared.headVideo);
  const rho = imbalanceRatio(audio.sum, video.sum);
  const push = switchedPush(rho, hyper.alpha);
  const fused = crossEntropy(prepared.logits, labels);
  const head = headGradients(data, prepared);
  return {
    logits_audio: rowsOf(negated(audio.d)),
    logits_video: rowsOf(negated(video.d)),
    score_sum_audio: audio.sum,
    score_sum_video: video.sum,
    rho,
    coef_audio: push.audio,
    coef_video: push.video,
    pce_audio: audio.pce,
    pce_video: video.pce,
    fused_logits: rowsOf(prepared.logits),
    unimodal_logits_audio: rowsOf(audio.unimodal),
    unimodal_logits_video: rowsOf(video.unimodal),
    head_score_sum_audio: audio.headSum,
    head_score_sum_video: video.headSum,
    head_rho: imbalanceRatio(audio.headSum, video.headSum),
    ce_unimodal_audio: crossEntropy(audio.unimodal, labels),
    ce_unimodal_video: crossEntropy(video.unimodal, labels),
    loss_total: fused + push.audio * audio.pce + push.video * video.pce,
    grad_z_audio: rowsOf(
      plus(head.audio, pceGradient(data.zAudio, prepared.audio, labels, 'euclid'), push.audio),
    ),
    grad_z_video: rowsOf(
      plus(head.video, pceGradient(data.zVideo, prepared.video, labels, 'euclid'), push.video),
    ),
  };
}

function ogm(data: PmrCase, official: { readonly audio: number; readonly video: number }): Json {
  const coefficients = ogmCoefficients(official.audio, official.video, data.hyper.alphaOgm);
  return {
    ratio_video: imbalanceRatio(official.video, official.audio),
    ratio_audio: imbalanceRatio(official.audio, official.video),
    coef_audio: coefficients.audio,
    coef_video: coefficients.video,
  };
}

function headSums(data: PmrCase, prepared: Prepared): { readonly audio: number; readonly video: number } {
  const sum = (z: Matrix, half: Matrix): number =>
    sumOf(atLabels(softmax(withBias(products(z, half), data.headBias, 0.5)), data.labels));
  return { audio: sum(data.zAudio, prepared.headAudio), video: sum(data.zVideo, prepared.headVideo) };
}

function maskedExtension(data: PmrCase, { audio, video, seen }: Prepared): Json {
  const side = (z: Matrix, centres: Matrix): Matrix =>
    prototypeSoftmax(distances(z, centres, 'euclid'), seen);
  const [p, q] = [side(data.zAudio, audio), side(data.zVideo, video)];
  return {
    mask: seen,
    softmax_audio: rowsOf(p),
    softmax_video: rowsOf(q),
    score_sum_audio: sumOf(atLabels(p, data.labels)),
    score_sum_video: sumOf(atLabels(q, data.labels)),
  };
}

/** Everything that a reference file holds, computed in float64 by the functions in `src/pmr`. */
export function computeDouble(data: PmrCase): Json {
  const prepared = prepare(data);
  return {
    prototypes: prepared.means,
    official_step: officialStep(data, prepared),
    ogm: ogm(data, headSums(data, prepared)),
    paper_step: {
      euclid: paperStep(data, prepared, 'euclid'),
      sq_euclid: paperStep(data, prepared, 'sq_euclid'),
    },
    extension_masked: maskedExtension(data, prepared),
  };
}
