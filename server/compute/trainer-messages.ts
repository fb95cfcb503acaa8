/** What the gateway and the trainer process say to each other; structured clones. */
import type { BackendChoice } from './backend.ts';
import type { Failure } from './inference-messages.ts';
import type { RoundProgress, RoundRequest, RoundResult } from './ports.ts';

/** Where the trainer finds what a round reads. */
export type TrainerSetting = {
  readonly backend: BackendChoice;
  /** The project's journal file, made before by the store. */
  readonly journal: string;
  readonly featureHash: string;
};

export type TrainerRequest = {
  readonly type: 'round';
  readonly setting: TrainerSetting;
  readonly request: RoundRequest;
};

export type TrainerReply =
  /** The backend is open: from here on a sudden end is not the library's start. */
  | { readonly type: 'opened' }
  | { readonly type: 'progress'; readonly progress: RoundProgress }
  | { readonly type: 'result'; readonly result: RoundResult }
  | { readonly type: 'failed'; readonly failure: Failure };

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;

/** Both ends are this program: the type tells all. */
export const isTrainerRequest = (value: unknown): value is TrainerRequest => typeOf(value) === 'round';

export const isTrainerReply = (value: unknown): value is TrainerReply =>
  ['opened', 'progress', 'result', 'failed'].some((type) => type === typeOf(value));
