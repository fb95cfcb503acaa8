/** What the gateway and the inference process say to each other; structured clones, so typed arrays travel as they are. */
import type { Pair } from '../../src/media.ts';
import type { Suspicion } from '../../src/model/suspicion.ts';
import type { BackendChoice } from './backend.ts';
import type { Answer, BackendReport, ComputeStats, Learned } from './ports.ts';

/** The first message: everything that the process needs to serve. */
export type OpenRequest = {
  readonly type: 'open';
  readonly backend: BackendChoice;
  /** The project's journal file. */
  readonly journal: string;
  readonly featureHash: string;
  /** The champion's checkpoint folder and version. */
  readonly folder: string;
  readonly version: number;
};

export type Command =
  | { readonly type: 'infer'; readonly pair: Pair }
  | { readonly type: 'learn'; readonly seq: number }
  | { readonly type: 'suspects' }
  | { readonly type: 'thumbnails'; readonly seqs: readonly number[] }
  | { readonly type: 'rebuild' }
  | { readonly type: 'swap'; readonly folder: string; readonly version: number }
  | { readonly type: 'stats' };

export type CommandRequest = { readonly type: 'command'; readonly id: number; readonly command: Command };
export type Request = OpenRequest | CommandRequest;

/** What a command gives back. */
export type Result =
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'learned'; readonly learned: Learned }
  | { readonly type: 'suspects'; readonly suspects: readonly Suspicion[] }
  | { readonly type: 'thumbnails'; readonly thumbnails: readonly Uint8Array[] }
  | { readonly type: 'stats'; readonly stats: ComputeStats }
  | { readonly type: 'applied' };

/** An error as it crosses the boundary. */
export type Failure = { readonly code: string; readonly message: string };

export type Reply =
  | { readonly type: 'ready'; readonly report: BackendReport }
  /** It cannot serve, and ends. */
  | { readonly type: 'refused'; readonly failure: Failure }
  | { readonly type: 'done'; readonly id: number; readonly result: Result }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure };

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;

/** Both ends are this program: the type tells all. */
export const isRequest = (value: unknown): value is Request =>
  typeOf(value) === 'open' || typeOf(value) === 'command';

export const isReply = (value: unknown): value is Reply =>
  ['ready', 'refused', 'done', 'failed'].some((type) => type === typeOf(value));
