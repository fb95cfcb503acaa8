/** Labels that look mislabelled: the moment, what it was given as, what it looks like, and what to do about it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { THUMBNAIL_SIDE } from '../../proto/limits.ts';
import type { ClassInfo, Suspected } from '../../proto/messages.ts';
import { micros } from '../../proto/units.ts';
import { onRibbon } from '../state/selection.ts';
import { counted, moment, seconds } from '../state/words.ts';
import { useApp } from './context.ts';
import { Dot, Icon, IconButton } from './parts.tsx';

/** A short list: each decision may settle others. */
const SHOWN = 3;

function Thumbnail({ picture }: { readonly picture: Uint8Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || picture.length === 0) return;
    const pixels = context.createImageData(THUMBNAIL_SIDE, THUMBNAIL_SIDE);
    for (let i = 0; i < THUMBNAIL_SIDE * THUMBNAIL_SIDE; i++) {
      pixels.data.set(picture.subarray(3 * i, 3 * i + 3), 4 * i);
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }, [picture]);
  return picture.length === 0 ? null : (
    <canvas
      ref={canvas}
      class="thumbnail"
      width={THUMBNAIL_SIDE}
      height={THUMBNAIL_SIDE}
      role="img"
      aria-label="Picture of that moment"
    />
  );
}

const times = (value: number): string => `${value.toFixed(1)} ×`;

/** Plays the moment while the ribbon still has it. */
function PlayButton({ label, name }: { readonly label: Suspected; readonly name: string }) {
  const { model, actions } = useApp();
  const { sessionId, newest, span } = model.ribbon.value;
  const there = sessionId === label.sessionId ? onRibbon(label, micros(newest - span)) : null;
  if (there === null) return null;
  return (
    <button
      type="button"
      class="button small"
      aria-label={`Play ${name}`}
      disabled={model.playback.value !== 'none'}
      onClick={() => {
        actions.select({ start: there.start, end: there.end });
        actions.play();
      }}
    >
      <Icon name="play" /> Play
    </button>
  );
}

type Known = { readonly given: ClassInfo; readonly other: ClassInfo };

function Item({ label, given, other }: Known & { readonly label: Suspected }) {
  const { actions } = useApp();
  const [decided, setDecided] = useState(false);
  const decide = (act: () => void) => (): void => {
    setDecided(true); // until the server has said the rest
    act();
  };
  const name = `${given.name} that looks like ${other.name}`;
  return (
    <li class="suspicion" aria-label={name}>
      <Thumbnail picture={label.picture} />
      <div>
        <p>
          <Dot colour={given.colour} /> <b>{given.name}</b> looks like <Dot colour={other.colour} />{' '}
          <b>{other.name}</b>
        </p>
        <p class="hint number">
          {seconds(label.end - label.start)}, given {moment(label.at, Date.now())}
          {label.by !== '' && ` by ${label.by}`}
        </p>
        <p class="effects" title="Distance from the other labels of its class, against what is usual there">
          <span class="effect sound number">sound {times(label.audio)} as far as usual</span>
          <span class="effect picture number">picture {times(label.video)}</span>
        </p>
      </div>
      <div class="decisions">
        <PlayButton label={label} name={name} />
        <button
          type="button"
          class="choice"
          disabled={decided}
          onClick={decide(() => actions.review(label.labelId, other.id))}
        >
          <Dot colour={other.colour} /> Change to {other.name}
        </button>
        <button
          type="button"
          class="choice"
          disabled={decided}
          onClick={decide(() => actions.review(label.labelId, ''))}
        >
          Keep {given.name}
        </button>
        {!decided && (
          <IconButton
            icon="undo"
            label={`Undo the suspicious ${given.name}`}
            onClick={decide(() => actions.undo(label.labelId))}
          />
        )}
      </div>
    </li>
  );
}

/** Nothing while nothing is suspicious. */
export function SecondLook() {
  const { model } = useApp();
  const { suspicions, total } = model.secondLook.value;
  const classes = new Map(model.classes.value.map((known) => [known.id, known] as const));
  const items = suspicions.slice(0, SHOWN).flatMap((label) => {
    const [given, other] = [classes.get(label.classId), classes.get(label.otherId)];
    return given && other ? [<Item key={label.labelId} label={label} given={given} other={other} />] : [];
  });
  if (items.length === 0) return null;
  const more = total - items.length;
  return (
    <section class="second-look" aria-label="Have a second look">
      <h3>Have a second look</h3>
      <p class="hint">
        {total === 1 ? 'This label is' : 'These labels are'} far from the others of{' '}
        {total === 1 ? 'its' : 'their'} class, in sound and in picture. Nothing is changed unless you say so.
      </p>
      <ul class="suspicions">{items}</ul>
      {more > 0 && <p class="hint">{counted(more, 'label')} more after these</p>}
    </section>
  );
}
