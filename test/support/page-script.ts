/** The scripted answers of `page-fixture.ts`: they follow the demo's schedule and the labels, and compute nothing. */

import { schedule } from '../../client/demo/schedule.ts';
import type {
  Belief,
  ClassInfo,
  ClientMessage,
  LabelMessage,
  Link,
  MediaUnit,
  Model,
  Prediction,
  ServerMessage,
  SessionInfo,
  SignalState,
  Training,
} from '../../proto/messages.ts';
import { type Micros, micros, millis } from '../../proto/units.ts';
import { random } from '../../src/random.ts';

export type FixtureScenario = {
  /** Classes that exist already, by name, with their labels. */
  readonly taught?: readonly { readonly name: string; readonly spans: number }[];
  readonly audioSignal?: SignalState;
  readonly videoSignal?: SignalState;
  readonly backend?: Model['backend'];
  readonly training?: Partial<Training>;
  /** How the server says that media arrives; default not at all. */
  readonly link?: Link;
  /** What else is streamed into the project. */
  readonly others?: readonly SessionInfo[];
  /** Answers offers, or leaves them without an answer (null); without it the server has no WebRTC. */
  readonly webrtc?: { readonly answer: ((offer: string) => Promise<string>) | null };
  /** Labels that others give, by name, on the newest window. */
  readonly labelsBy?: readonly string[];
  /** Media time at which the session already is, microseconds: its ribbon is filled. */
  readonly since?: number;
};

const HOP = 240_000;
const WINDOW = 960_000;
const PALETTE = ['#7c9cff', '#ff8fa3', '#6fd08c', '#e3b341', '#c792ea', '#4dd0e1'];
const SESSION = 'session-1';

type Send = (message: ServerMessage) => void;

export class ScriptedSession {
  readonly #scenario: FixtureScenario;
  readonly #plan = schedule(7);
  readonly #draw = random(1);
  readonly #classes: ClassInfo[] = [];
  readonly #labels = new Map<string, LabelMessage>();
  readonly #units: MediaUnit[] = [];
  #media = 0;
  #index = 0;
  #seq = 1;
  #demoStart: number | null = null;

  constructor(scenario: FixtureScenario) {
    this.#scenario = scenario;
    this.#media = scenario.since ?? 0;
    if (scenario.since !== undefined) this.#demoStart = 0;
    for (const { name, spans } of scenario.taught ?? []) this.#class(name, spans);
  }

  /** Greets a connection and keeps answering until the returned function is called. */
  attach(send: Send): () => void {
    const began = performance.now() * 1e3 - this.#media;
    send(this.#welcome());
    send({ type: 'classes', classes: this.#classes, seq: this.#seq });
    send(this.#model());
    send(this.#training());
    send(this.#health());
    send({ type: 'sessions', sessions: this.#scenario.others ?? [] });
    for (let end = WINDOW; end < this.#media; end += HOP) this.#answer(end, send);
    for (const [i, by] of (this.#scenario.labelsBy ?? []).entries()) send(this.#foreign(i, by));
    const timer = setInterval(() => {
      const now = performance.now() * 1e3 - began;
      for (let end = Math.ceil(this.#media / HOP) * HOP; end <= now - 60_000; end += HOP) {
        if (end >= WINDOW && this.#demoStart !== null) this.#answer(end, send);
        this.#media = end + HOP;
      }
    }, 40);
    return () => clearInterval(timer);
  }

  receive(message: ClientMessage, send: Send): void {
    switch (message.type) {
      case 'media':
        this.#demoStart ??= message.unit.at - 450_000;
        this.#units.push(message.unit);
        return;
      case 'label':
        this.#label(message, send);
        return;
      case 'undo':
        this.#undo(message.id, message.labelId, send);
        return;
      case 'class-edit':
        if (message.change.type === 'add') this.#class(message.change.name, 0);
        send(this.#ack(message.id));
        send({ type: 'classes', classes: this.#classes, seq: this.#seq });
        return;
      case 'ping':
        send({
          type: 'pong',
          id: message.id,
          clientUs: message.clientUs,
          serverUs: Math.round(performance.now() * 1e3),
          media: message.media,
        });
        return;
      case 'rtc-offer': {
        const { generation } = message;
        const answer = this.#scenario.webrtc?.answer?.(message.sdp);
        void answer?.then((sdp) => send({ type: 'rtc-answer', generation, sdp }));
        return;
      }
      case 'playback':
        this.#playback(message.request, message.start, message.end, send);
        return;
      default:
        return;
    }
  }

  #class(name: string, spans: number): ClassInfo {
    const known = this.#classes.find((one) => one.name === name);
    if (known) return known;
    const i = this.#classes.length;
    const needs = Math.max(0, 3 - spans);
    const made: ClassInfo = {
      id: `class-${i + 1}`,
      name,
      colour: PALETTE[i % PALETTE.length] ?? '#888888',
      spans,
      audioSamples: spans * 3,
      videoSamples: spans * 3,
      audioNeeds: needs,
      videoNeeds: i === 1 ? Math.max(needs, 1) : needs,
    };
    this.#classes.push(made);
    return made;
  }

  #label(label: LabelMessage, send: Send): void {
    this.#labels.set(label.id, label);
    const info = label.className === '' ? null : this.#class(label.className, 0);
    if (info && label.kind === 'class') this.#count(info, 1);
    this.#seq++;
    const effects = [
      { modality: 'audio', before: 0.22, after: 0.83 },
      { modality: 'video', before: 0.31, after: 0.9 },
    ] as const;
    const { scope } = label;
    send({
      ...this.#ack(label.id),
      effects: effects.filter((e) => scope === 'both' || scope === e.modality),
      samples: 3,
    });
    send({ type: 'classes', classes: this.#classes, seq: this.#seq });
    send(this.#placed(label, info?.id ?? '', false));
    send(this.#training());
  }

  #undo(id: string, labelId: string, send: Send): void {
    const label = this.#labels.get(labelId);
    send(this.#ack(id));
    if (!label) return;
    const info = this.#classes.find((one) => one.name === label.className);
    if (info && label.kind === 'class') this.#count(info, -1);
    send({ type: 'classes', classes: this.#classes, seq: this.#seq });
    send(this.#placed(label, info?.id ?? '', true));
  }

  #count(info: ClassInfo, by: number): void {
    const spans = info.spans + by;
    const needs = Math.max(0, 3 - spans);
    this.#classes[this.#classes.indexOf(info)] = {
      ...info,
      spans,
      audioSamples: spans * 3,
      videoSamples: spans * 3,
      audioNeeds: needs,
      videoNeeds: needs,
    };
  }

  #playback(request: number, start: Micros, end: Micros, send: Send): void {
    const part = (of: Extract<ServerMessage, { type: 'playback-part' }>['part']): void =>
      send({ type: 'playback-part', request, part: of });
    part({ type: 'track', track: { modality: 'audio', codec: 'opus', sampleRateHz: 48_000, channels: 2 } });
    part({ type: 'track', track: { modality: 'video', codec: 'vp8', width: 320, height: 240 } });
    const key =
      this.#units.findLast((unit) => unit.modality === 'video' && unit.key && unit.at <= start)?.at ?? start;
    for (const unit of this.#units) {
      const from = unit.modality === 'video' ? key : start;
      if (unit.at >= from && unit.at <= end) part({ type: 'media', unit });
    }
    part({ type: 'end', start, end });
  }

  #answer(end: number, send: Send): void {
    const moment = micros(end - WINDOW / 2 - (this.#demoStart ?? 0));
    const slot = this.#plan.at(moment);
    const truth = this.#classes.findIndex((one) => one.name === slot.class.name && one.spans > 0);
    const mixed = moment - slot.start < WINDOW / 2 || slot.end - moment < WINDOW / 2;
    send(this.#prediction(end, truth, mixed));
    if (Math.round(end / HOP) % 2 === 0) send(this.#tile(end));
  }

  #prediction(end: number, truth: number, mixed: boolean): Prediction {
    const { audioSignal = 'live', videoSignal = 'live' } = this.#scenario;
    const audio = this.#belief(truth, mixed ? 0.5 : 0.86, audioSignal);
    const video = this.#belief(truth, mixed ? 0.55 : 0.8, videoSignal);
    const both = [audio, video].filter((one) => one.probabilities.length > 0);
    const sums = this.#classes.map((_, i) => both.reduce((p, one) => p * (one.probabilities[i] ?? 1), 1));
    const total = sums.reduce((a, b) => a + b, 0) || 1;
    const fused = both.length === 0 ? [] : sums.map((p) => p / total);
    return {
      type: 'prediction',
      sessionId: SESSION,
      index: this.#index++,
      start: micros(end - WINDOW),
      end: micros(end),
      classIds: this.#classes.map((one) => one.id),
      fused,
      answer:
        truth < 0 || fused.length === 0
          ? null
          : (this.#classes[fused.indexOf(Math.max(...fused))]?.id ?? null),
      audio,
      video,
      skew:
        audioSignal === 'missing' || videoSignal === 'missing'
          ? null
          : micros(11_000 + this.#draw.integer(9000)),
      modelVersion: 3,
      appliedSeq: this.#seq,
      lag: millis(70),
      headGate: 0,
    };
  }

  #belief(truth: number, sure: number, signal: SignalState): Belief {
    const count = this.#classes.length;
    const gives = signal === 'live' && this.#classes.some((one) => one.spans > 0);
    const p = truth < 0 ? 1 / Math.max(1, count) : Math.min(0.97, sure + 0.09 * (this.#draw.uniform() - 0.5));
    const probabilities = gives
      ? this.#classes.map((_, i) => (i === truth ? p : (1 - p) / Math.max(1, count - 1)))
      : [];
    return {
      probabilities,
      confidence: gives ? Math.max(...probabilities) : 0,
      distance: gives ? 0.6 : null,
      signal,
      contribution: gives ? Math.log(p * count + 0.2) : 0,
      weight: gives ? 0.5 : 0,
      answer: gives && truth >= 0 ? (this.#classes[truth]?.id ?? null) : null,
    };
  }

  /** A shape of the slot's hue on its ground, 32 x 24. */
  #tile(end: number): ServerMessage {
    const slot = this.#plan.at(micros(end - (this.#demoStart ?? 0)));
    const rgb = new Uint8Array(32 * 24 * 3).fill(46);
    const tone = (shift: number): number => 140 + 90 * Math.cos(((slot.hue + shift) * Math.PI) / 180);
    for (let y = 0; y < 24; y++) {
      for (let x = 0; x < 32; x++) {
        if (Math.hypot(x - 32 * slot.x, y - 24 * slot.y) < 6)
          rgb.set([tone(0), tone(-120), tone(120)], 3 * (y * 32 + x));
      }
    }
    const levelDb = this.#scenario.audioSignal === 'silent' ? -120 : -34 + 16 * this.#draw.uniform();
    return { type: 'tile', sessionId: SESSION, start: micros(end - 480_000), end: micros(end), rgb, levelDb };
  }

  #foreign(i: number, by: string): ServerMessage {
    const end = this.#media - i * 4_000_000;
    const [start, classId] = [micros(end - 2_400_000), this.#classes[i]?.id ?? ''];
    const at = { labelId: `0${i}`.padEnd(26, '0'), sessionId: SESSION, start, end: micros(end) } as const;
    return { type: 'label-placed', ...at, kind: 'class', classId, scope: 'both', undone: false, by };
  }

  #placed(label: LabelMessage, classId: string, undone: boolean): ServerMessage {
    const { id: labelId, sessionId, start, end, kind, scope } = label;
    return { type: 'label-placed', labelId, sessionId, start, end, kind, classId, scope, undone, by: '' };
  }

  #ack(id: string): Extract<ServerMessage, { type: 'ack' }> {
    return { type: 'ack', id, seq: this.#seq, duplicate: false, effects: [], samples: 0 };
  }

  #welcome(): ServerMessage {
    return {
      type: 'welcome',
      protocolMajor: 1,
      protocolMinor: 0,
      sessionId: SESSION,
      resumeToken: 'token-1',
      media: micros(Math.round(this.#media)),
      resumed: this.#index > 0,
      project: 'default',
      hop: micros(HOP),
      window: micros(WINDOW),
      ribbon: micros(60_000_000),
      serverVersion: '0.1.0',
      dataPath: 'data/default',
      webrtc: this.#scenario.webrtc
        ? { available: true }
        : { available: false, reason: 'no worker', remedy: 'npm start' },
    };
  }

  #training(): Training {
    const labels = this.#classes.reduce((sum, one) => sum + one.spans, 0);
    return {
      type: 'training',
      phase: 'idle',
      labelsWaiting: 0,
      round: 2,
      step: 0,
      steps: 0,
      verdict: labels > 8 ? 'promoted: held-out accuracy 0.75 → 0.92, thin evidence' : '',
      reason: labels > 8 ? '' : 'encoders stay as they are until every class has three labels',
      rho: labels > 4 ? 1.42 : null,
      beta: 0,
      gamma: labels > 4 ? 0.34 : 0,
      prequential: { fused: 0.91, audio: 0.86, video: 0.72, labels },
      rebalance: { policy: 'uni-modal-pmr', mode: 'balanced', reason: '', early: false },
      ...this.#scenario.training,
    };
  }

  #model(): Model {
    const { backend = 'graph' } = this.#scenario;
    const at = millis(Date.UTC(2026, 10, 23, 10, 0));
    const row = { at, appliedSeq: 1, serving: false, heldOut: null, note: '' };
    return {
      type: 'model',
      version: 3,
      backend,
      backendReason: backend === 'graph' ? '' : 'the TensorFlow library could not be loaded',
      backendRemedy: backend === 'graph' ? '' : 'npm run doctor',
      history: [
        { ...row, version: 1 },
        { ...row, version: 2, heldOut: { fused: 0.75, audio: 0.75, video: 0.6 }, note: 'thin evidence' },
        {
          ...row,
          version: 3,
          heldOut: { fused: 0.92, audio: 0.83, video: 0.75 },
          note: 'thin evidence',
          serving: true,
        },
      ],
    };
  }

  #health(): ServerMessage {
    return {
      type: 'health',
      shed: { busy: 2 },
      sessions: 1,
      rssBytes: 412e6,
      tensors: 212,
      openDecoders: 2,
      storedBytes: 3.4e6,
      storedLabels: 14,
      jitter: millis(1.2),
      totals: {},
      link: this.#scenario.link ?? null,
    };
  }
}
