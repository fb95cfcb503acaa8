/** The demo's truth, its teacher, and the sliders that spoil sound and picture. */
import { share } from '../demo/score.ts';
import type { Spoil } from '../demo/spoil.ts';
import { percent } from '../state/words.ts';
import { useApp } from './context.ts';

type SliderProps = {
  readonly name: string;
  readonly tone: 'sound' | 'picture';
  readonly field: 'noise' | 'dark' | 'blur';
};

function Slider({ name, tone, field }: SliderProps) {
  const { model, actions } = useApp();
  const { spoil } = model.demo.value;
  const set = (value: number): void => actions.spoil({ ...spoil, [field]: value });
  return (
    <label class={`slider ${tone}`}>
      <span>{name}</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={spoil[field]}
        aria-valuetext={percent(spoil[field])}
        onInput={(event) => set(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

function Mute() {
  const { model, actions } = useApp();
  const spoil: Spoil = model.demo.value.spoil;
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={spoil.muted}
        onChange={(event) => actions.spoil({ ...spoil, muted: event.currentTarget.checked })}
      />
      Silence the sound
    </label>
  );
}

function Listen() {
  const { model, actions } = useApp();
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={model.demo.value.audible}
        onChange={(event) => actions.audible(event.currentTarget.checked)}
      />
      Let me hear it
    </label>
  );
}

function Score() {
  const { model } = useApp();
  const { outcomes } = model.demo.value;
  if (outcomes.length === 0) return null;
  return (
    <p class="score" role="status" aria-label="Demo score" aria-live="off" data-count={outcomes.length}>
      Right in the last minute: <b class="fused">{percent(share(outcomes, 'fused'))}</b> together,{' '}
      <b class="sound">{percent(share(outcomes, 'audio'))}</b> sound,{' '}
      <b class="picture">{percent(share(outcomes, 'video'))}</b> picture
    </p>
  );
}

export function DemoControls() {
  const { model, actions } = useApp();
  const { truth, teaching, progress } = model.demo.value;
  return (
    <fieldset class="demo" aria-label="Demo">
      <div class="demo-head">
        <span class="truth">
          Shown now: <b data-testid="truth">{truth?.name ?? '…'}</b>
        </span>
        <button
          type="button"
          class={`button small ${teaching ? '' : 'primary'}`}
          aria-pressed={teaching}
          onClick={() => actions.teachDemo(!teaching)}
        >
          {teaching ? `Teaching… ${percent(progress)}` : 'Teach for me'}
        </button>
      </div>
      <Score />
      <details class="spoil">
        <summary>Spoil sound or picture</summary>
        <div class="sliders">
          <Slider name="Noise" tone="sound" field="noise" />
          <Slider name="Darkness" tone="picture" field="dark" />
          <Slider name="Blur" tone="picture" field="blur" />
          <Mute />
          <Listen />
        </div>
      </details>
    </fieldset>
  );
}
