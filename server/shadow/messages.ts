/** What the gateway and the shadow process say to each other; structured clones. */
import type { BackendChoice } from '../compute/backend.ts';
import type { ShadowProgress } from './ports.ts';

/** Where the shadow finds what it goes through. */
export type ShadowSetting = {
  readonly backend: BackendChoice;
  /** The project's journal file, made before by the store. */
  readonly journal: string;
  readonly featureHash: string;
  /** Of both policies' rounds. */
  readonly seed: number;
  /** Folder of the project's version 0: both policies begin with it. */
  readonly first: string;
};

export type ShadowRequest = {
  readonly type: 'follow';
  readonly setting: ShadowSetting;
  readonly upTo: number;
  readonly yields: boolean;
};

export type ShadowReply =
  | { readonly type: 'progress'; readonly progress: ShadowProgress }
  | { readonly type: 'failed'; readonly reason: string };

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;

/** Both ends are this program: the type tells all. */
export const isShadowRequest = (value: unknown): value is ShadowRequest => typeOf(value) === 'follow';

export const isShadowReply = (value: unknown): value is ShadowReply =>
  ['progress', 'failed'].some((type) => type === typeOf(value));
