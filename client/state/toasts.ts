/** Short notes at the edge of the screen: what a label has changed, what was refused. Pure. */
import type { LabelEffect } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';

export type Toast = {
  readonly id: number;
  readonly kind: 'label' | 'info' | 'error';
  readonly text: string;
  /** Old and new probability of the labelled class, per modality. */
  readonly effects: readonly LabelEffect[];
  /** Label that its undo button withdraws, or empty. */
  readonly undoes: string;
  /** Page time at which it goes. */
  readonly until: Micros;
};

export type Toasts = readonly Toast[];

const SHOWN = 2; // more would hide what they speak of

/** Adds one; the oldest beyond two go, and one with the same text is replaced. */
export const addToast = (toasts: Toasts, toast: Toast): Toasts =>
  [...toasts.filter((other) => other.text !== toast.text), toast].slice(-SHOWN);

export const removeToast = (toasts: Toasts, id: number): Toasts => toasts.filter((toast) => toast.id !== id);

/** Without those whose time is over; the same array where there is none. */
export const expireToasts = (toasts: Toasts, now: Micros): Toasts =>
  toasts.some((toast) => toast.until <= now) ? toasts.filter((toast) => toast.until > now) : toasts;
