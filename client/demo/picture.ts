/** One frame of the demo's picture: a function of the slot and the moment, so the same moment always looks the same. */
import { unreachable } from '../../proto/errors.ts';
import { type Micros, secondsFromMicros, subMicros } from '../../proto/units.ts';
import { random } from '../../src/random.ts';
import type { DemoShape } from './classes.ts';
import type { DemoSlot } from './schedule.ts';
import type { Spoil } from './spoil.ts';

export const DEMO_WIDTH = 320;
export const DEMO_HEIGHT = 240;

/** Where a shape is at `t` seconds into its slot: each class has its own motion. */
type Pose = { readonly x: number; readonly y: number; readonly turn: number; readonly scale: number };

function pose(slot: DemoSlot, t: number): Pose {
  const phase = 2 * Math.PI * slot.tempo * t;
  const still: Pose = { x: slot.x, y: slot.y, turn: 0, scale: 1 };
  switch (slot.class.shape) {
    case 'circle': // bounces
      return { ...still, y: 0.72 - 0.42 * Math.abs(Math.sin(phase * 0.6)) };
    case 'square': // turns
      return { ...still, turn: phase * 0.35 };
    case 'triangle': // swings from side to side
      return { ...still, x: 0.5 + 0.3 * Math.sin(phase * 0.5) };
    case 'cross': // breathes
      return { ...still, scale: 1 + 0.4 * Math.sin(phase * 0.9) };
    default:
      return unreachable(slot.class.shape);
  }
}

function outline(context: CanvasRenderingContext2D, shape: DemoShape, r: number): void {
  context.beginPath();
  switch (shape) {
    case 'circle':
      context.arc(0, 0, r, 0, 2 * Math.PI);
      break;
    case 'square':
      context.rect(-r * 0.86, -r * 0.86, r * 1.72, r * 1.72);
      break;
    case 'triangle':
      context.moveTo(0, -r * 1.05);
      context.lineTo(r, r * 0.8);
      context.lineTo(-r, r * 0.8);
      break;
    case 'cross':
      context.rect(-r * 0.3, -r, r * 0.6, r * 2);
      context.rect(-r, -r * 0.3, r * 2, r * 0.6);
      break;
    default:
      unreachable(shape);
  }
  context.closePath();
}

/** Grain from a seed: `amount` 0..1 sets how many specks and how strong. */
function grain(context: CanvasRenderingContext2D, amount: number, seed: number): void {
  const draw = random(seed);
  const specks = Math.round(2600 * amount);
  for (let i = 0; i < specks; i++) {
    context.fillStyle = draw.uniform() < 0.5 ? 'rgba(0,0,0,0.55)' : 'rgba(255,255,255,0.55)';
    context.fillRect(draw.integer(DEMO_WIDTH), draw.integer(DEMO_HEIGHT), 3, 3);
  }
}

/** Draws the frame of `moment` (the demo's clock). Leaves the context as it was. */
export function drawPicture(
  context: CanvasRenderingContext2D,
  slot: DemoSlot,
  moment: Micros,
  spoil: Spoil,
): void {
  const at = pose(slot, secondsFromMicros(subMicros(moment, slot.start)));
  context.save();
  context.filter = spoil.blur > 0 ? `blur(${(spoil.blur * 14).toFixed(1)}px)` : 'none';
  context.fillStyle = `hsl(${slot.backHue} 14% 17%)`;
  context.fillRect(-20, -20, DEMO_WIDTH + 40, DEMO_HEIGHT + 40);
  context.translate(at.x * DEMO_WIDTH, at.y * DEMO_HEIGHT);
  context.rotate(at.turn);
  context.scale(at.scale, at.scale);
  outline(context, slot.class.shape, (slot.size * DEMO_HEIGHT) / 2);
  context.fillStyle = `hsl(${slot.hue.toFixed(1)} 78% 60%)`;
  context.fill();
  context.restore();
  if (spoil.blur > 0.25) grain(context, spoil.blur - 0.25, Math.floor(moment / 1000));
  if (spoil.dark > 0) {
    context.fillStyle = `rgba(0,0,0,${spoil.dark})`;
    context.fillRect(0, 0, DEMO_WIDTH, DEMO_HEIGHT);
  }
}
