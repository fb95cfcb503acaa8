/** What the gateway and the inference process say to each other: commands through a pipe (`command-pipe.ts`), all else as messages. */

import type { Modality } from '../../proto/messages.ts';
import type { Pair } from '../../src/media.ts';
import type { Suspicion } from '../../src/model/suspicion.ts';
import type { BackboneSetting } from './backbone/backbone.ts';
import type { BackendChoice } from './backend.ts';
import type { BackboneEmbedding } from './embedder.ts';
import type { Answer, BackendReport, ComputeStats, Learned } from './ports.ts';

/** The file descriptor of the commands in the inference process; 3 is the channel of the messages. */
export const COMMAND_PIPE = 4;

/** The first message, and the only one to the process: everything that the process needs to serve. */
export type OpenRequest = {
  readonly type: 'open';
  readonly backend: BackendChoice;
  /** The project's journal file. */
  readonly journal: string;
  readonly featureHash: string;
  /** The champion's checkpoint folder and version. */
  readonly folder: string;
  readonly version: number;
  /** Absent: the product's own encoders. */
  readonly backbones?: Readonly<Record<Modality, BackboneSetting | null>>;
};

export type Command =
  | { readonly type: 'infer'; readonly pair: Pair }
  /** What the backbones give of a window, for the journal to keep. */
  | { readonly type: 'embed'; readonly pair: Pair }
  | { readonly type: 'learn'; readonly seq: number }
  | { readonly type: 'suspects' }
  | { readonly type: 'thumbnails'; readonly seqs: readonly number[] }
  | { readonly type: 'rebuild' }
  | { readonly type: 'swap'; readonly folder: string; readonly version: number }
  | { readonly type: 'stats' };

export type CommandRequest = { readonly id: number; readonly command: Command };

/** What a command gives back. */
export type Result =
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'embedded'; readonly embedding: BackboneEmbedding }
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
export const isOpenRequest = (value: unknown): value is OpenRequest => typeOf(value) === 'open';

export const isReply = (value: unknown): value is Reply =>
  ['ready', 'refused', 'done', 'failed'].some((type) => type === typeOf(value));
