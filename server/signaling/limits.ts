/** Bounds of a connection. Passing one ends that connection with the close status of its code, and no other. */
export const SIGNALING_LIMITS = Object.freeze({
  /** Connections at a time. */
  peers: 64,
  /** From the open socket to hello, milliseconds. */
  helloMs: 5000,
  /** Between two ping frames, milliseconds; a peer that was silent for two of these is gone. */
  heartbeatMs: 15_000,
  /** From our close frame to the end of the socket, milliseconds. */
  closeMs: 2000,
  /** Messages a second. 50 Opus packets and 30 pictures are 80. */
  messagesPerSecond: 250,
  /** Bytes a second. JPEG and PCM at their usual rates are 170 kB. */
  bytesPerSecond: 2 * 1024 * 1024,
  /** Seconds of those rates that may come at once, after a stall of the network. */
  burstSeconds: 4,
  /** Bytes that wait in a socket before droppable messages are skipped: about a second of everything. */
  droppableBytes: 512 * 1024,
  /** Bytes that wait in a socket before the connection is given up. */
  bufferedBytes: 16 * 1024 * 1024,
});

export type SignalingLimits = { readonly [Name in keyof typeof SIGNALING_LIMITS]: number };
