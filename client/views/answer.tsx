/** The answer: fused and big, then what sound and picture each believe, and the one click that corrects it. */
import { useEffect, useState } from 'preact/hooks';
import type { ConnectionState } from '../connection.ts';
import type { SourceState } from '../model.ts';
import type { BeliefView, LiveView } from '../state/live.ts';
import type { SenseState } from '../state/sense.ts';
import { percent, signalText } from '../state/words.ts';
import { useApp } from './context.ts';
import { Bar, Dot, Panel } from './parts.tsx';

const ANNOUNCE_MS = 2500; // a screen reader is told at most this often, and only what has changed

function spoken(live: LiveView | null): string {
  if (live === null) return 'No answer';
  return live.answer === null ? 'Unknown' : `${live.answer.name}, ${percent(live.confidence)}`;
}

/** Says the answer to those who do not see it, throttled. */
function Announcer() {
  const { model } = useApp();
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setText(spoken(model.live.peek())), ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, [model]);
  return (
    <p class="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}

function waitingText(
  { kind, stream, audio, video }: SourceState,
  watching: boolean,
  phase: ConnectionState['phase'],
): string {
  if (kind === 'none' && !watching) return 'What it is, how sure, and whether sound or picture decided.';
  if (stream && audio !== 'on' && video !== 'on') return 'Nothing is heard or seen.';
  return phase === 'open' ? 'Waiting for an answer…' : 'No answers while the server is away.';
}

function Fused() {
  const { model } = useApp();
  const live = model.live.value;
  const empty = model.classes.value.length === 0;
  const text = live?.answer?.name ?? (live && !empty ? 'Unknown' : '—');
  return (
    <fieldset
      class="fused-answer"
      aria-label="Answer"
      data-answer={live?.answer?.name ?? ''}
      data-confidence={live?.answer ? live.confidence.toFixed(3) : ''}
      data-state={live === null ? 'none' : live.answer === null ? 'unknown' : 'known'}
    >
      <div class="fused-line">
        {live?.answer && <Dot colour={live.answer.colour} />}
        <strong class={text.length > 16 ? 'long' : ''}>{text}</strong>
        <span class="fused-percent number">{live?.answer ? percent(live.confidence) : ''}</span>
      </div>
      <Bar value={live?.answer ? live.confidence : 0} tone="fused" label="Confidence of the answer" thick />
      {live === null && (
        <p class="hint">{waitingText(model.source.value, model.watching, model.connection.value.phase)}</p>
      )}
      {live !== null && live.answer === null && !empty && (
        <p class="hint">Far from everything it was taught.</p>
      )}
    </fieldset>
  );
}

/** Who decided: contributions of both, as one split bar. */
function Decision({ live }: { readonly live: LiveView }) {
  const sound = live.audio.share;
  const text = sound === null ? 'Nobody decided' : `Sound ${percent(sound)}, picture ${percent(1 - sound)}`;
  return (
    <div class="decision">
      <span class="caption">Who decided</span>
      <div class={`split ${sound === null ? 'empty' : ''}`} role="img" aria-label={`Who decided: ${text}`}>
        <div class="sound" style={{ flexGrow: sound ?? 0.5 }} />
        <div class="picture" style={{ flexGrow: sound === null ? 0.5 : 1 - sound }} />
      </div>
    </div>
  );
}

type BeliefProps = {
  readonly name: 'Sound' | 'Picture';
  readonly belief: BeliefView | null;
  /** At the source of this page; null where the media come from elsewhere. */
  readonly sense: SenseState | null;
};

function contributionText(belief: BeliefView): string {
  if (belief.weight === 0) return 'not counted';
  const sign = belief.contribution < 0 ? '−' : '+';
  return `${sign}${Math.abs(belief.contribution).toFixed(2)} to the answer`;
}

/** What this sense thinks of the likeliest classes. */
function TopClasses({ belief, tone }: { readonly belief: BeliefView; readonly tone: 'sound' | 'picture' }) {
  return (
    <ul class="top-classes">
      {belief.top.map(({ id, name, probability }) => (
        <li key={id}>
          <span class="name">{name}</span>
          <span class="number">{percent(probability)}</span>
          <Bar value={probability} tone={tone} label={`${name}, ${tone}`} />
        </li>
      ))}
    </ul>
  );
}

/** `data-state` and pill: what the page itself knows at once, else what the server found in the window. */
function signalOf(
  belief: BeliefView | null,
  sense: SenseState | null,
): { readonly state: string; readonly text: string } {
  if (sense === 'off' || sense === 'muted') return { state: 'muted', text: sense };
  if (sense === 'ended') return { state: 'muted', text: 'stopped' };
  if (belief === null) return { state: 'none', text: '–' };
  return { state: belief.signal, text: signalText(belief.signal, belief.modality) };
}

function Belief({ name, belief, sense }: BeliefProps) {
  const tone = name === 'Sound' ? 'sound' : 'picture';
  const { state, text: signal } = signalOf(belief, sense);
  const says = belief?.speaks ? (belief.answer?.name ?? 'Unknown') : '—';
  return (
    <fieldset
      class={`belief ${tone}`}
      aria-label={name}
      data-state={state}
      data-answer={belief?.answer?.name ?? ''}
      data-confidence={belief?.speaks ? belief.confidence.toFixed(3) : ''}
    >
      <div class="belief-head">
        <h3>{name}</h3>
        <span class="pill" data-state={state}>
          {signal}
        </span>
      </div>
      <div class="belief-answer">
        {belief?.answer && <Dot colour={belief.answer.colour} />}
        <span class="name">{says}</span>
      </div>
      {belief?.speaks && <TopClasses belief={belief} tone={tone} />}
      <p class="contribution number">{belief?.speaks ? contributionText(belief) : 'nothing to say'}</p>
    </fieldset>
  );
}

/** One click labels the last moments. */
function Correct() {
  const { model, actions } = useApp();
  const classes = model.classes.value;
  const answer = model.live.value?.answer ?? null;
  if (classes.length === 0 || model.ribbon.value.predictions.length === 0) return null;
  return (
    <fieldset class="correct" aria-label="Correct the answer">
      <span class="caption">The last 2.4 s were really</span>
      <div class="choices">
        {classes.map(({ id, name, colour }) => (
          <button
            type="button"
            key={id}
            class={`choice ${id === answer?.id ? 'current' : ''}`}
            onClick={() => actions.correct({ kind: 'class', className: name })}
          >
            <Dot colour={colour} /> {name}
          </button>
        ))}
        {answer && (
          <button
            type="button"
            class="choice quiet"
            onClick={() => actions.correct({ kind: 'not-class', className: answer.name })}
          >
            Not this
          </button>
        )}
        <button
          type="button"
          class="choice quiet"
          onClick={() => actions.correct({ kind: 'unknown', className: '' })}
        >
          Unknown
        </button>
      </div>
    </fieldset>
  );
}

export function Answer() {
  const { model } = useApp();
  const live = model.live.value;
  const source = model.source.value;
  const here = source.stream !== null;
  const skew = live?.skew ?? null;
  return (
    <Panel
      title="Answer"
      class="answer"
      aside={
        skew === null ? null : (
          <span class="caption number" title="Picture minus sound: how far apart the two windows begin">
            skew {skew > 0 ? '+' : ''}
            {skew.toFixed(0)} ms
          </span>
        )
      }
    >
      <Announcer />
      <Fused />
      {live && <Decision live={live} />}
      <div class="beliefs">
        <Belief name="Sound" belief={live?.audio ?? null} sense={here ? source.audio : null} />
        <Belief name="Picture" belief={live?.video ?? null} sense={here ? source.video : null} />
      </div>
      <Correct />
    </Panel>
  );
}
