/** What a bench and the server that it started say to each other. */

export type GatewayMemory = { readonly rss: number; readonly heapUsed: number; readonly external: number };

export type GatewayAsk =
  | { readonly id: number; readonly type: 'memory' }
  /** Serve other weights under this version number. */
  | { readonly id: number; readonly type: 'swap'; readonly version: number };

export type GatewayReply =
  | { readonly id: 0; readonly type: 'ready'; readonly port: number; readonly backend: string }
  | { readonly id: number; readonly type: 'memory'; readonly memory: GatewayMemory }
  | { readonly id: number; readonly type: 'swapped'; readonly tookMs: number }
  | { readonly id: number; readonly type: 'failed'; readonly reason: string };

const speaks = (message: unknown, types: readonly string[]): boolean =>
  typeof message === 'object' &&
  message !== null &&
  'id' in message &&
  'type' in message &&
  types.includes(String(message.type));

export const isAsk = (message: unknown): message is GatewayAsk => speaks(message, ['memory', 'swap']);
export const isGatewayReply = (message: unknown): message is GatewayReply =>
  speaks(message, ['ready', 'memory', 'swapped', 'failed']);
