/** Everything that a person can do on the screen; the views call these and nothing else. */
import type { ClassChange, LabelKind, Modality, RebalanceCommand, Scope } from '../proto/messages.ts';
import type { Spoil } from './demo/spoil.ts';
import type { Settings } from './settings.ts';
import type { Selection, SessionSpan } from './state/selection.ts';

export type What = { readonly kind: LabelKind; readonly className: string };

export type Actions = {
  startCamera(): void;
  startDemo(): void;
  stopSource(): void;
  enable(modality: Modality, on: boolean): void;
  spoil(spoil: Spoil): void;
  audible(on: boolean): void;
  teachDemo(on: boolean): void;
  /** A class begins, and ends, to be held. */
  press(className: string): void;
  release(): void;
  /** The moments before the newest answer were this. */
  correct(what: What): void;
  /** Labels the selected span, with the scope that is set. */
  labelSelection(what: What): void;
  select(selection: Selection | null): void;
  scope(scope: Scope): void;
  play(): void;
  stopPlayback(): void;
  /** The canvas that playback draws on, while it is on the screen. */
  playbackCanvas(canvas: HTMLCanvasElement | null): void;
  undo(labelId: string): void;
  undoLast(): void;
  edit(change: ClassChange): void;
  rollback(version: number): void;
  pauseTraining(paused: boolean): void;
  /** What rounds train by, and whether policies are compared. */
  rebalance(command: Omit<RebalanceCommand, 'type'>): void;
  /** A suspicious label is right (empty), or is of this class instead. */
  review(labelId: string, classId: string): void;
  forgetSpan(span: SessionSpan): void;
  forgetClass(classId: string): void;
  forgetEverything(): void;
  settings(settings: Settings): void;
  dismissToast(id: number): void;
  reconnect(): void;
  /** WebRTC is tried again after it was given up. */
  retryWebrtc(): void;
  /** The check of camera and connection begins anew, or ends. */
  preflight(on: boolean): void;
};
