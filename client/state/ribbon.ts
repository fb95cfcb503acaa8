/** The last 60 s as the page knows them: pictures, sound levels, answers and labels, all on media time. Pure. */
import type { LabelPlaced, Prediction, Tile } from '../../proto/messages.ts';
import { type Micros, micros } from '../../proto/units.ts';
import { type LabelEvent, outlives } from './labels.ts';

export type Ribbon = {
  /** Whose minute it is; empty before the first welcome. */
  readonly sessionId: string;
  /** How much is kept. */
  readonly span: Micros;
  /** Newest media time of any tile or prediction; the right edge. */
  readonly newest: Micros;
  readonly tiles: readonly Tile[];
  readonly predictions: readonly Prediction[];
  /** In force, by start. */
  readonly labels: readonly LabelPlaced[];
};

export const EMPTY_RIBBON: Ribbon = {
  sessionId: '',
  span: micros(60e6),
  newest: micros(0),
  tiles: [],
  predictions: [],
  labels: [],
};

type Spanned = { readonly start: Micros; readonly end: Micros };

/** In place of an item with the same start, else at its place in time. */
function insert<Item extends Spanned>(items: readonly Item[], item: Item): readonly Item[] {
  const others = items.filter((other) => other.start !== item.start);
  const after = others.findIndex((other) => other.start > item.start);
  return after === -1 ? [...others, item] : [...others.slice(0, after), item, ...others.slice(after)];
}

function prune(ribbon: Ribbon): Ribbon {
  const oldest = ribbon.newest - ribbon.span;
  const kept = <Item extends Spanned>(items: readonly Item[]): readonly Item[] =>
    (items[0]?.end ?? oldest) < oldest ? items.filter((item) => item.end >= oldest) : items;
  return {
    ...ribbon,
    tiles: kept(ribbon.tiles),
    predictions: kept(ribbon.predictions),
    labels: ribbon.labels.filter((label) => label.end >= oldest),
  };
}

function place(ribbon: Ribbon, label: LabelPlaced): Ribbon {
  const others = ribbon.labels.filter((other) => other.labelId !== label.labelId);
  const labels = label.undone ? others : [...others, label].sort((a, b) => a.start - b.start);
  return { ...ribbon, labels };
}

/** The ribbon after an event; the same object where it does not concern it. */
export function reduceRibbon(ribbon: Ribbon, message: LabelEvent): Ribbon {
  if (message.type === 'forgotten') {
    return { ...ribbon, labels: ribbon.labels.filter((label) => outlives(label, message)) };
  }
  if (message.type === 'welcome') {
    const { sessionId, ribbon: span } = message;
    return sessionId === ribbon.sessionId ? ribbon : { ...EMPTY_RIBBON, sessionId, span };
  }
  if (!('sessionId' in message) || message.sessionId !== ribbon.sessionId) return ribbon;
  if (message.type === 'label-placed') return place(ribbon, message);
  const newest = micros(Math.max(ribbon.newest, message.end));
  if (message.type === 'tile') return prune({ ...ribbon, newest, tiles: insert(ribbon.tiles, message) });
  return prune({ ...ribbon, newest, predictions: insert(ribbon.predictions, message) });
}

/** The newest prediction whose window ends at or before a moment, or undefined. */
export const predictionAt = (ribbon: Ribbon, moment: Micros): Prediction | undefined =>
  ribbon.predictions.findLast((prediction) => prediction.end <= moment);
