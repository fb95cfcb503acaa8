/** What is asked of a process that looks at a backbone, and what it answers. */
import type { BackendChoice } from '../backend.ts';
import type { Failure } from '../inference-messages.ts';
import type { BackboneForm, BackboneSetting } from './backbone.ts';

export type ProbeRequest = {
  readonly type: 'probe';
  readonly backend: BackendChoice;
  readonly setting: BackboneSetting;
};
export type ProbeReply =
  | { readonly type: 'form'; readonly form: BackboneForm }
  | { readonly type: 'failed'; readonly failure: Failure };

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, 'type') : undefined;

/** Both ends are this program: the type tells all. */
export const isProbeRequest = (value: unknown): value is ProbeRequest => typeOf(value) === 'probe';
export const isProbeReply = (value: unknown): value is ProbeReply =>
  typeOf(value) === 'form' || typeOf(value) === 'failed';
