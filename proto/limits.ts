/** Width and height of a suspicious label's picture, pixels. */
export const THUMBNAIL_SIDE = 48;

/** Bounds of the wire: everything a peer can make grow has one, here or in the part that holds it. */
export const LIMITS = Object.freeze({
  /** Bytes of one encoded message, either direction: the largest media unit and room for its envelope. */
  messageBytes: 1024 * 1024 + 4096,
  /** Bytes of one media unit. A 1920 x 1080 JPEG of ordinary quality is below half of it. */
  mediaBytes: 1024 * 1024,
  /** Width and height of a picture, pixels. */
  pictureSidePx: { min: 16, max: 1920 },
  /** Sample rate of sound, hertz. Opus always decodes to 48 kHz. */
  sampleRateHz: { min: 8000, max: 48_000 },
  /** Channels of sound. */
  channels: 2,
  /** Longest span of a label or a playback, microseconds: what the ribbon keeps. */
  spanUs: 60_000_000,
  /** Media times, microseconds. A first sample may lie a little before its session's zero; the upper end is 31 years. */
  mediaTimeUs: { min: -10_000_000, max: 1e15 },
  /** A class name, UTF-16 units after trimming. */
  className: 64,
  /** Who labels, and what a session is called, UTF-16 units. */
  personName: 64,
  /** Session and class ids, characters of `[A-Za-z0-9_-]`. */
  id: 64,
  /** Resume tokens, characters of `[A-Za-z0-9_.-]`. */
  token: 128,
  /** Text for a person to read (verdicts, reasons, errors), UTF-16 units; longer text is cut by the sender. */
  text: 1000,
  /** Classes of a project: the widest mask that a training graph is traced for. */
  classes: 256,
  /** Sessions in one list. */
  sessions: 256,
  /** Model versions in one history. */
  history: 64,
  /** Points of the balance's history, and judged rounds and rollbacks in one report. */
  balancePoints: 240,
  balanceRounds: 12,
  /** Effects of one label. */
  effects: 16,
  /** Entries of a map of counters. */
  counters: 64,
  /** An SDP offer or answer, UTF-16 units: a browser's with two tracks has about 6,000. */
  sdp: 32_768,
  /** Tracks of one session. */
  linkTracks: 4,
  /** Longest wait that a client may ask for, milliseconds. */
  settleMs: 3_600_000,
  /** Suspicious labels in one list, and bytes of a picture of one. */
  suspicions: 8,
  thumbnailBytes: 3 * THUMBNAIL_SIDE * THUMBNAIL_SIDE,
  /** Bytes of a ribbon tile's picture: 32 x 24 RGB. */
  tileBytes: 32 * 24 * 3,
});
