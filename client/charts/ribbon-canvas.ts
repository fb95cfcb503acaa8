/** Draws the ribbon: pictures, sound level, answers, labels, and the selection. Positions are media time. */
import type { ClassInfo, LabelPlaced, Prediction, Tile } from '../../proto/messages.ts';
import type { Micros } from '../../proto/units.ts';
import type { Ribbon } from '../state/ribbon.ts';
import type { Selection } from '../state/selection.ts';

/** Rows from the top, CSS pixels. */
export const ROWS = { picture: 54, level: 26, answer: 12, label: 20, gap: 3 } as const;
export const RIBBON_HEIGHT = ROWS.picture + ROWS.level + ROWS.answer + ROWS.label + 3 * ROWS.gap;

const LEVEL_FLOOR_DB = -60; // a quiet room; below it nothing is drawn
const TILE_WIDTH = 32;
const TILE_HEIGHT = 24;

export type RibbonPalette = {
  readonly sound: string;
  readonly picture: string;
  readonly panel: string;
  readonly muted: string;
  readonly text: string;
};

export type RibbonView = {
  readonly ribbon: Ribbon;
  readonly classes: readonly ClassInfo[];
  readonly selection: Selection | null;
  readonly palette: RibbonPalette;
  readonly width: number;
};

/** Media time at a horizontal position. */
export function momentAt(x: number, width: number, ribbon: Ribbon): number {
  return ribbon.newest - ribbon.span + (x / Math.max(1, width)) * ribbon.span;
}

function position(moment: Micros, { ribbon, width }: RibbonView): number {
  return ((moment - ribbon.newest + ribbon.span) / ribbon.span) * width;
}

/** Pictures of tiles that were converted once; keyed by the tile itself, so that they go when it goes. */
const images = new WeakMap<Tile, ImageBitmapSource & CanvasImageSource>();

function imageOf(tile: Tile): CanvasImageSource | null {
  if (tile.rgb.length < TILE_WIDTH * TILE_HEIGHT * 3) return null;
  const known = images.get(tile);
  if (known) return known;
  const canvas = new OffscreenCanvas(TILE_WIDTH, TILE_HEIGHT);
  const context = canvas.getContext('2d');
  if (!context) return null;
  const pixels = context.createImageData(TILE_WIDTH, TILE_HEIGHT);
  for (let i = 0; i < TILE_WIDTH * TILE_HEIGHT; i++) {
    pixels.data.set(tile.rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  images.set(tile, canvas);
  return canvas;
}

/** As many pictures as fit, each at its own time: which tiles are drawn depends on their time, so they do not jump. */
function drawPictures(context: CanvasRenderingContext2D, view: RibbonView): void {
  const { ribbon, width } = view;
  const pictureWidth = (ROWS.picture * TILE_WIDTH) / TILE_HEIGHT;
  const length = ribbon.tiles[0] ? ribbon.tiles[0].end - ribbon.tiles[0].start : 480_000;
  const every = Math.max(1, Math.ceil((pictureWidth * ribbon.span) / (width * length)));
  const slotWidth = (every * length * width) / ribbon.span;
  for (const tile of ribbon.tiles) {
    if (Math.round(tile.start / length) % every !== 0) continue;
    const image = imageOf(tile);
    const x = position(tile.start, view);
    if (!image) continue;
    const cut = Math.min(1, slotWidth / pictureWidth) * TILE_WIDTH; // the middle of the picture fills its slot
    const left = (TILE_WIDTH - cut) / 2;
    context.drawImage(image, left, 0, cut, TILE_HEIGHT, x, 0, slotWidth - 1, ROWS.picture);
  }
}

function drawLevels(context: CanvasRenderingContext2D, view: RibbonView): void {
  const top = ROWS.picture + ROWS.gap;
  context.fillStyle = view.palette.sound;
  for (const tile of view.ribbon.tiles) {
    const level = Math.max(0, Math.min(1, 1 - tile.levelDb / LEVEL_FLOOR_DB));
    const x = position(tile.start, view);
    const barWidth = Math.max(1, position(tile.end, view) - x - 1);
    const height = Math.max(1, level * ROWS.level);
    context.fillRect(x, top + (ROWS.level - height) / 2, barWidth, height);
  }
}

const colourOf = (classes: readonly ClassInfo[], id: string | null): string | undefined =>
  classes.find((known) => known.id === id)?.colour;

function drawAnswers(
  context: CanvasRenderingContext2D,
  view: RibbonView,
  predictions: readonly Prediction[],
): void {
  const top = ROWS.picture + ROWS.level + 2 * ROWS.gap;
  for (const [i, prediction] of predictions.entries()) {
    const x = position(prediction.end, view);
    const next = predictions[i + 1];
    const end = next ? Math.min(position(next.end, view), x + 12) : x + 4;
    context.fillStyle = colourOf(view.classes, prediction.answer) ?? view.palette.muted;
    context.globalAlpha = prediction.answer === null ? 0.3 : 0.9;
    context.fillRect(x - 2, top, Math.max(2, end - x + 1), ROWS.answer);
  }
  context.globalAlpha = 1;
}

function labelText(label: LabelPlaced, classes: readonly ClassInfo[]): string {
  const name = classes.find((known) => known.id === label.classId)?.name ?? '';
  const scope = label.scope === 'both' ? '' : label.scope === 'audio' ? ' ♪' : ' ▣';
  if (label.kind === 'unknown') return `unknown${scope}`;
  return label.kind === 'not-class' ? `not ${name}${scope}` : `${name}${scope}`;
}

function drawLabels(context: CanvasRenderingContext2D, view: RibbonView): void {
  const top = ROWS.picture + ROWS.level + ROWS.answer + 3 * ROWS.gap;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const label of view.ribbon.labels) {
    const x = Math.max(0, position(label.start, view));
    const labelWidth = position(label.end, view) - x;
    if (labelWidth <= 1) continue;
    context.save();
    context.beginPath();
    context.roundRect(x + 0.5, top + 0.5, labelWidth - 1, ROWS.label - 1, 5);
    context.fillStyle = view.palette.panel;
    context.fill();
    context.strokeStyle = colourOf(view.classes, label.classId) ?? view.palette.muted;
    context.lineWidth = 1.5;
    if (label.kind !== 'class') context.setLineDash([3, 3]);
    context.stroke();
    context.clip();
    context.fillStyle = view.palette.text;
    context.fillText(labelText(label, view.classes), x + 6, top + ROWS.label / 2 + 0.5);
    context.restore();
  }
}

function drawSelection(context: CanvasRenderingContext2D, view: RibbonView): void {
  if (!view.selection) return;
  const x = position(view.selection.start, view);
  const end = position(view.selection.end, view);
  context.fillStyle = view.palette.text;
  context.globalAlpha = 0.14;
  context.fillRect(x, 0, end - x, RIBBON_HEIGHT);
  context.globalAlpha = 1;
  context.strokeStyle = view.palette.text;
  context.lineWidth = 2;
  context.strokeRect(x + 1, 1, Math.max(2, end - x - 2), RIBBON_HEIGHT - 2);
}

/** Draws everything; the canvas is sized to `width` CSS pixels and the device's pixel ratio. */
export function drawRibbon(canvas: HTMLCanvasElement, view: RibbonView): void {
  const ratio = globalThis.devicePixelRatio || 1;
  const [width, height] = [Math.round(view.width * ratio), Math.round(RIBBON_HEIGHT * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, RIBBON_HEIGHT);
  drawPictures(context, view);
  drawLevels(context, view);
  drawAnswers(context, view, view.ribbon.predictions);
  drawLabels(context, view);
  drawSelection(context, view);
}
