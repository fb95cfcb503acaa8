/**
 * What the program handles: messages as unions discriminated by `type`, decoded once at the edge by `codec.ts`.
 *
 * The meaning of every field stands in `counterpoise.proto`; here are the forms that the code speaks.
 */
import type { BalanceReport, RebalanceCommand } from './balance-messages.ts';
import type { PolicyName } from './policies.ts';
import type { Review, SecondLook } from './review-messages.ts';
import type { Link, LinkKind, RtcAnswer, RtcClose, RtcGone, RtcOffer, WebrtcState } from './rtc-messages.ts';
import type { Model, Training } from './training-messages.ts';
import type { Micros, Millis } from './units.ts';

export type * from './balance-messages.ts';
export type * from './review-messages.ts';
export type * from './rtc-messages.ts';
export type * from './training-messages.ts';

export type Modality = 'audio' | 'video';
export type SignalState = 'live' | 'silent' | 'dark' | 'frozen' | 'missing';
export type LabelKind = 'class' | 'not-class' | 'unknown';
export type Scope = 'both' | 'audio' | 'video';

export type TrackConfig =
  | {
      readonly modality: 'audio';
      readonly codec: 'opus' | 'pcm16';
      readonly sampleRateHz: number;
      readonly channels: number;
    }
  | {
      readonly modality: 'video';
      readonly codec: 'vp8' | 'h264' | 'jpeg';
      readonly width: number;
      readonly height: number;
    };

export type MediaUnit = {
  readonly modality: Modality;
  readonly key: boolean;
  readonly at: Micros;
  readonly data: Uint8Array;
};

export type Hello = {
  readonly type: 'hello';
  readonly protocolMajor: number;
  readonly protocolMinor: number;
  readonly role: 'stream' | 'watch';
  readonly sessionName: string;
  /** Empty for a new session. */
  readonly resumeToken: string;
  /** Empty for the newest session; only read for `watch`. */
  readonly watchSessionId: string;
  readonly pace: 'live' | 'credit';
  readonly by: string;
};
export type TrackOpen = { readonly type: 'track'; readonly track: TrackConfig };
export type TrackClose = { readonly type: 'track-close'; readonly modality: Modality };
export type Media = { readonly type: 'media'; readonly unit: MediaUnit };
export type LabelMessage = {
  readonly type: 'label';
  readonly id: string;
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly kind: LabelKind;
  readonly className: string;
  readonly scope: Scope;
  readonly at: Millis;
};
export type Undo = { readonly type: 'undo'; readonly id: string; readonly labelId: string };
export type ClassChange =
  | { readonly type: 'add'; readonly name: string; readonly colour: string }
  | { readonly type: 'rename'; readonly classId: string; readonly name: string }
  | { readonly type: 'recolour'; readonly classId: string; readonly colour: string }
  | { readonly type: 'delete'; readonly classId: string };
export type ClassEdit = { readonly type: 'class-edit'; readonly id: string; readonly change: ClassChange };
export type PlaybackRequest = {
  readonly type: 'playback';
  readonly request: number;
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
};
export type Ping = {
  readonly type: 'ping';
  readonly id: number;
  /** The client's own monotonic clock, microseconds. */
  readonly clientUs: number;
  /** The sender's media clock now, or null for a watcher. */
  readonly media: Micros | null;
  /** The sender's wall clock at the same instant, or null where it is not given. */
  readonly wall: Millis | null;
};
export type TrainingCommand = {
  readonly type: 'training-command';
  readonly paused: boolean;
  /** What rounds train by from now on; absent: as it is. */
  readonly policy?: PolicyName;
};
export type Rollback = { readonly type: 'rollback'; readonly id: string; readonly version: number };
export type Forget = {
  readonly type: 'forget';
  readonly id: string;
  readonly classId: string;
  readonly everything: boolean;
  /** A span of a session, instead of a class or everything. */
  readonly span?: { readonly sessionId: string; readonly start: Micros; readonly end: Micros };
};
export type Settle = { readonly type: 'settle'; readonly request: number; readonly timeout: Millis };
export type ClientHealth = {
  readonly type: 'client-health';
  readonly dropped: Readonly<Record<string, number>>;
  readonly encodeQueue: number;
  readonly bufferedBytes: number;
};

/** Everything a client may send. */
export type ClientMessage =
  | Hello
  | TrackOpen
  | TrackClose
  | Media
  | LabelMessage
  | Undo
  | ClassEdit
  | PlaybackRequest
  | Ping
  | TrainingCommand
  | RebalanceCommand
  | Rollback
  | Forget
  | Review
  | Settle
  | ClientHealth
  | RtcOffer
  | RtcClose;

export type Welcome = {
  readonly type: 'welcome';
  readonly protocolMajor: number;
  readonly protocolMinor: number;
  readonly sessionId: string;
  readonly resumeToken: string;
  readonly media: Micros;
  readonly resumed: boolean;
  readonly project: string;
  readonly hop: Micros;
  readonly window: Micros;
  readonly ribbon: Micros;
  readonly serverVersion: string;
  readonly dataPath: string;
  /** Whether an `rtc-offer` will be answered; where not, why and what would change it. */
  readonly webrtc: WebrtcState;
};

/** What one modality believes about a window. */
export type Belief = {
  /** By prototype, in the order of the prediction's `classIds`; empty where this modality has no prototype or no signal. */
  readonly probabilities: readonly number[];
  readonly confidence: number;
  /** To the nearest prototype; null where there is none. */
  readonly distance: number | null;
  readonly signal: SignalState;
  /** This modality's term for the winner minus its mean over classes, in nats. */
  readonly contribution: number;
  readonly weight: number;
  /** Class id; null: unknown. */
  readonly answer: string | null;
};

export type Prediction = {
  readonly type: 'prediction';
  readonly sessionId: string;
  readonly index: number;
  readonly start: Micros;
  readonly end: Micros;
  readonly classIds: readonly string[];
  readonly fused: readonly number[];
  /** Class id; null: unknown. */
  readonly answer: string | null;
  readonly audio: Belief;
  readonly video: Belief;
  /** Video minus audio; null when a side is missing. */
  readonly skew: Micros | null;
  readonly modelVersion: number;
  readonly appliedSeq: number;
  readonly lag: Millis;
  readonly headGate: number;
};

export type LabelEffect = { readonly modality: Modality; readonly before: number; readonly after: number };
export type Ack = {
  readonly type: 'ack';
  readonly id: string;
  readonly seq: number;
  readonly duplicate: boolean;
  readonly effects: readonly LabelEffect[];
  readonly samples: number;
};
export type ClassInfo = {
  readonly id: string;
  readonly name: string;
  /** `#rrggbb`. */
  readonly colour: string;
  readonly spans: number;
  readonly audioSamples: number;
  readonly videoSamples: number;
  readonly audioNeeds: number;
  readonly videoNeeds: number;
};
export type Classes = {
  readonly type: 'classes';
  readonly classes: readonly ClassInfo[];
  readonly seq: number;
  /** Deleted, while the data of their labels is still on the disk. */
  readonly deleted: readonly DeletedClass[];
};
export type DeletedClass = { readonly id: string; readonly name: string; readonly labels: number };
export type PlaybackPart = {
  readonly type: 'playback-part';
  readonly request: number;
  readonly part:
    | { readonly type: 'track'; readonly track: TrackConfig }
    | { readonly type: 'media'; readonly unit: MediaUnit }
    | { readonly type: 'end'; readonly start: Micros; readonly end: Micros };
};
export type Pong = {
  readonly type: 'pong';
  readonly id: number;
  readonly clientUs: number;
  /** The server's own monotonic clock, microseconds. */
  readonly serverUs: number;
  /** The session's media clock now, or null where it is not known. */
  readonly media: Micros | null;
};
export type Health = {
  readonly type: 'health';
  /** Shed counts of this session by reason. */
  readonly shed: Readonly<Record<string, number>>;
  readonly sessions: number;
  readonly rssBytes: number;
  readonly tensors: number;
  readonly openDecoders: number;
  readonly storedBytes: number;
  readonly storedLabels: number;
  readonly jitter: Millis;
  readonly totals: Readonly<Record<string, number>>;
  /** How the media of this session arrives; null while none does. */
  readonly link: Link | null;
};
export type ErrorMessage = {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly fatal: boolean;
  readonly regarding: string;
};
export type Credit = { readonly type: 'credit'; readonly until: Micros };
export type Settled = {
  readonly type: 'settled';
  readonly request: number;
  readonly waited: Millis;
  readonly idle: boolean;
};
export type SessionInfo = {
  readonly id: string;
  readonly name: string;
  readonly streaming: boolean;
  readonly since: Millis;
  readonly audio: boolean;
  readonly video: boolean;
  /** Null while no media arrives. */
  readonly link: LinkKind | null;
  /** Sent by a WHIP client, not by a page. */
  readonly whip: boolean;
};
export type Sessions = { readonly type: 'sessions'; readonly sessions: readonly SessionInfo[] };
/** `rgb` is 32 x 24 RGB row by row, or empty where there was no picture; `levelDb` is dB of full scale, -120 where silent or missing. */
export type Tile = {
  readonly type: 'tile';
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly rgb: Uint8Array;
  readonly levelDb: number;
};
export type LabelPlaced = {
  readonly type: 'label-placed';
  readonly labelId: string;
  readonly sessionId: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly kind: LabelKind;
  readonly classId: string;
  readonly scope: Scope;
  readonly undone: boolean;
  readonly by: string;
};

/** Everything a server may send. */
export type ServerMessage =
  | Welcome
  | Prediction
  | Ack
  | Classes
  | PlaybackPart
  | Pong
  | Training
  | BalanceReport
  | Model
  | Health
  | ErrorMessage
  | Credit
  | Settled
  | Sessions
  | Tile
  | LabelPlaced
  | SecondLook
  | RtcAnswer
  | RtcGone;

/** The protocol spoken here. A different major is refused; a different minor is not. */
export const PROTOCOL_MAJOR = 1;
export const PROTOCOL_MINOR = 1;
