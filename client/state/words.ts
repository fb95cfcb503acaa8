/** Numbers and states as a person reads them. Pure. */

import { unreachable } from '../../proto/errors.ts';
import type { SignalState, Training } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';

/** 0.873 as "87 %"; null as a dash. */
export const percent = (value: number | null): string =>
  value === null ? '–' : `${Math.round(value * 100)} %`;

/** Words of the server as a sentence of their own. */
export const sentence = (words: string): string =>
  words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;

/** Microseconds as "2.4 s". */
export const seconds = (value: Micros | number): string => `${(value / 1e6).toFixed(1)} s`;

/** A day and time of the wall clock, as short as its distance allows: "14:02", or "12 Nov, 14:02". */
export function moment(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = then.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  if (then.toDateString() === today.toDateString()) return time;
  return `${then.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${time}`;
}

/** "1 label", "3 labels". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Bytes as "3.4 MB". */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** What a signal state means for the person. */
export function signalText(signal: SignalState, modality: 'audio' | 'video'): string {
  switch (signal) {
    case 'live':
      return 'live';
    case 'silent':
      return 'silent';
    case 'dark':
      return 'dark';
    case 'frozen':
      return 'frozen';
    case 'missing':
      return modality === 'audio' ? 'no sound' : 'no picture';
    default:
      return unreachable(signal);
  }
}

/** The training phase in words. */
export function phaseText(phase: Training['phase']): string {
  switch (phase) {
    case 'idle':
      return 'Up to date';
    case 'waiting':
      return 'Waiting for labels';
    case 'training':
      return 'Training';
    case 'judging':
      return 'Judging the candidate';
    case 'paused':
      return 'Paused';
    case 'failed':
      return 'Failed, serving goes on';
    default:
      return unreachable(phase);
  }
}
