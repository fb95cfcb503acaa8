/** What a bench and the server that it started say to each other. */
import type { WorkerUsage } from '../../server/sfu/worker-supervisor.ts';

export type GatewayMemory = { readonly rss: number; readonly heapUsed: number; readonly external: number };

/** Running totals since the process began, milliseconds. */
export type GatewayUsage = {
  /** When it was read, by the process's own clock. */
  readonly at: number;
  /** Processor time, all threads. */
  readonly cpu: number;
  /** Processor time of the main thread, and of the native decoders' threads (0 where the system does not say). */
  readonly mainThread: number;
  readonly decoderThreads: number;
  /** How long the main thread was not waiting for work, processor or none. */
  readonly active: number;
  /** Time of the main thread by stage, since it was asked to measure; empty before. */
  readonly stages: Readonly<Record<string, number>>;
  readonly workers: readonly WorkerUsage[];
};

export type GatewayAsk =
  | { readonly id: number; readonly type: 'memory' }
  | { readonly id: number; readonly type: 'usage' }
  /** Measure the stages of the main thread from now on. */
  | { readonly id: number; readonly type: 'measure' }
  /** Whether the temporal layer is chosen; else all of a stream is decoded. */
  | { readonly id: number; readonly type: 'layers'; readonly chosen: boolean }
  /** Serve other weights under this version number. */
  | { readonly id: number; readonly type: 'swap'; readonly version: number };

export type GatewayReply =
  | { readonly id: 0; readonly type: 'ready'; readonly port: number; readonly backend: string }
  | { readonly id: number; readonly type: 'memory'; readonly memory: GatewayMemory }
  | { readonly id: number; readonly type: 'usage'; readonly usage: GatewayUsage }
  | { readonly id: number; readonly type: 'done' }
  | { readonly id: number; readonly type: 'swapped'; readonly tookMs: number }
  | { readonly id: number; readonly type: 'failed'; readonly reason: string };

const speaks = (message: unknown, types: readonly string[]): boolean =>
  typeof message === 'object' &&
  message !== null &&
  'id' in message &&
  'type' in message &&
  types.includes(String(message.type));

export const isAsk = (message: unknown): message is GatewayAsk =>
  speaks(message, ['memory', 'usage', 'measure', 'layers', 'swap']);
export const isGatewayReply = (message: unknown): message is GatewayReply =>
  speaks(message, ['ready', 'memory', 'usage', 'done', 'swapped', 'failed']);
