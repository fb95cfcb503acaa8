/** Messages for the client's tests, with only what a test speaks of to be filled in. */
import type {
  Belief,
  ClassInfo,
  LabelMessage,
  LabelPlaced,
  Prediction,
  Tile,
  Welcome,
} from '../../../proto/messages.ts';
import { micros, millis } from '../../../proto/units.ts';

export const belief = (over: Partial<Belief> = {}): Belief => ({
  probabilities: [0.7, 0.3],
  confidence: 0.7,
  distance: 0.5,
  signal: 'live',
  contribution: 0,
  weight: 0.5,
  answer: 'a',
  ...over,
});

export const prediction = (end: number, over: Partial<Prediction> = {}): Prediction => ({
  type: 'prediction',
  sessionId: 's1',
  index: 0,
  start: micros(end - 960_000),
  end: micros(end),
  classIds: ['a', 'b'],
  fused: [0.8, 0.2],
  answer: 'a',
  audio: belief(),
  video: belief({ probabilities: [0.4, 0.6], confidence: 0.6, answer: 'b' }),
  skew: micros(12_000),
  modelVersion: 1,
  appliedSeq: 1,
  lag: millis(50),
  headGate: 0,
  ...over,
});

export const tile = (start: number): Tile => ({
  type: 'tile',
  sessionId: 's1',
  start: micros(start),
  end: micros(start + 480_000),
  rgb: new Uint8Array(0),
  levelDb: -30,
});

export const placed = (labelId: string, start: number, over: Partial<LabelPlaced> = {}): LabelPlaced => ({
  type: 'label-placed',
  labelId,
  sessionId: 's1',
  start: micros(start),
  end: micros(start + 2_400_000),
  kind: 'class',
  classId: 'a',
  scope: 'both',
  undone: false,
  by: '',
  ...over,
});

export const welcome = (sessionId = 's1'): Welcome => ({
  type: 'welcome',
  protocolMajor: 1,
  protocolMinor: 0,
  sessionId,
  resumeToken: 'r',
  media: micros(0),
  resumed: false,
  project: 'default',
  hop: micros(240_000),
  window: micros(960_000),
  ribbon: micros(60_000_000),
  serverVersion: '0',
  dataPath: 'data/default',
  webrtc: { available: false, reason: 'no worker', remedy: 'npm start' },
});

export const label = (id: string, over: Partial<LabelMessage> = {}): LabelMessage => ({
  type: 'label',
  id,
  sessionId: 's1',
  start: micros(0),
  end: micros(2_400_000),
  kind: 'class',
  className: 'Clap',
  scope: 'both',
  at: millis(0),
  ...over,
});

export const classInfo = (id: string, name: string): ClassInfo => ({
  id,
  name,
  colour: '#123456',
  spans: 1,
  audioSamples: 3,
  videoSamples: 3,
  audioNeeds: 2,
  videoNeeds: 2,
});
