/** The last minute: the strip chart above, the ribbon below on the same axis, and what is done with a marked span. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Scope } from '../../proto/messages.ts';
import { micros } from '../../proto/units.ts';
import { columns } from '../charts/columns.ts';
import { drawRibbon, momentAt, RIBBON_HEIGHT, type RibbonPalette } from '../charts/ribbon-canvas.ts';
import { StripChart } from '../charts/strip.ts';
import { predictionAt, type Ribbon } from '../state/ribbon.ts';
import { fromDrag, nudge, type Selection } from '../state/selection.ts';
import { percent, seconds } from '../state/words.ts';
import { Legend } from './classes.tsx';
import { useApp } from './context.ts';
import { Dot, Icon, IconButton, Panel } from './parts.tsx';

/** The theme that is in force, so that canvases are drawn anew when it changes. */
function useThemeKey(): string {
  const { model } = useApp();
  const query = useMemo(() => matchMedia('(prefers-color-scheme: dark)'), []);
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const change = (): void => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, [query]);
  return `${model.settings.value.theme} ${dark}`;
}

function Chart() {
  const { model } = useApp();
  const parent = useRef<HTMLDivElement>(null);
  const chart = useRef<StripChart | null>(null);
  const ribbon = model.ribbon.value;
  const hop = model.welcome.value?.hop ?? micros(240_000);
  const theme = useThemeKey();
  useEffect(() => {
    if (!parent.current) return;
    const made = new StripChart(parent.current);
    chart.current = made;
    return () => made.close();
  }, []);
  useEffect(
    () => chart.current?.update(columns(ribbon.predictions, ribbon.newest, ribbon.span, hop)),
    [ribbon, hop],
  );
  useEffect(() => chart.current?.recolour(), [theme]);
  return (
    <div class="chart-box">
      <div
        ref={parent}
        class="chart"
        role="img"
        aria-label="Probability of the answer over the last minute: together, by sound, by picture"
      />
      <span class="tick high" aria-hidden="true">
        100 %
      </span>
      <span class="tick low" aria-hidden="true">
        0
      </span>
    </div>
  );
}

function palette(element: Element): RibbonPalette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    sound: read('--sound'),
    picture: read('--picture'),
    panel: read('--panel'),
    muted: read('--muted'),
    text: read('--text'),
  };
}

/** The canvas, drawn once per animation frame at most. */
function useRibbonDrawing(view: Ribbon | null) {
  const { model } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const theme = useThemeKey();
  const ribbon = view ?? model.ribbon.value;
  const selection = model.selection.value;
  const classes = model.classes.value;
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const resizes = new ResizeObserver(() => setWidth(element.clientWidth));
    resizes.observe(element);
    return () => resizes.disconnect();
  }, []);
  useEffect(() => {
    const element = canvas.current;
    if (!element || width === 0) return;
    const frame = requestAnimationFrame(() =>
      drawRibbon(element, { ribbon, classes, selection, palette: palette(element), width }),
    );
    return () => cancelAnimationFrame(frame);
  }, [ribbon, classes, selection, width, theme]);
  return { canvas, ribbon };
}

type Drag = { readonly from: number; readonly ribbon: Ribbon };

function agoText(selection: Selection | null, ribbon: Ribbon): string {
  if (selection === null) return 'nothing selected';
  const ago = ribbon.newest - selection.end;
  const when = ago < 300_000 ? 'up to now' : `ending ${seconds(ago)} ago`;
  return `${seconds(selection.end - selection.start)} ${when}`;
}

function RibbonView() {
  const { model, actions } = useApp();
  // While a drag runs the ribbon stands still under the pointer.
  const [drag, setDrag] = useState<Drag | null>(null);
  const { canvas, ribbon } = useRibbonDrawing(drag?.ribbon ?? null);
  const bounds = { oldest: micros(Math.max(0, ribbon.newest - ribbon.span)), newest: ribbon.newest };
  const selection = model.selection.value;
  const moment = (event: PointerEvent, of: Ribbon) => {
    const box = canvas.current?.getBoundingClientRect();
    return micros(momentAt(event.clientX - (box?.left ?? 0), box?.width ?? 1, of));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (steps !== 0) actions.select(nudge(selection, steps, event.shiftKey, bounds));
    else if (event.key === 'Enter') actions.play();
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="ribbon"
      role="slider"
      tabIndex={0}
      aria-label="Ribbon of the last minute"
      aria-description="Arrow keys move a selection, shift with arrow keys makes it longer or shorter, Enter plays it, a number key labels it"
      aria-valuemin={-60}
      aria-valuemax={0}
      aria-valuenow={selection ? Math.round((selection.end - ribbon.newest) / 1e6) : 0}
      aria-valuetext={agoText(selection, ribbon)}
      data-tiles={ribbon.tiles.length}
      data-labels={ribbon.labels.length}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (ribbon.newest === 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: moment(event, ribbon), ribbon });
      }}
      onPointerMove={(event) => {
        if (drag)
          actions.select(
            fromDrag(micros(drag.from), moment(event, drag.ribbon), bounds.oldest, bounds.newest),
          );
      }}
      onPointerUp={(event) => {
        if (drag)
          actions.select(
            fromDrag(micros(drag.from), moment(event, drag.ribbon), bounds.oldest, bounds.newest),
          );
        setDrag(null);
      }}
      onPointerCancel={() => setDrag(null)}
    >
      <canvas ref={canvas} height={RIBBON_HEIGHT} />
      {ribbon.tiles.length === 0 && (
        <p class="empty">The last minute appears here: pictures, sound, answers and labels.</p>
      )}
    </div>
  );
}

const SCOPES: readonly { readonly scope: Scope; readonly name: string }[] = [
  { scope: 'both', name: 'Both' },
  { scope: 'audio', name: 'Sound only' },
  { scope: 'video', name: 'Picture only' },
];

function ScopeChoice() {
  const { model, actions } = useApp();
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">What the label is about</legend>
      {SCOPES.map(({ scope, name }) => (
        <label key={scope} class={`segment ${scope}`}>
          <input
            type="radio"
            name="scope"
            checked={model.scope.value === scope}
            onChange={() => actions.scope(scope)}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function SelectionBar({ selection }: { readonly selection: Selection }) {
  const { model, actions } = useApp();
  const ribbon = model.ribbon.value;
  const classes = model.classes.value;
  const prediction = predictionAt(ribbon, selection.end);
  const answered = classes.find((known) => known.id === prediction?.answer);
  const was = answered
    ? `answered ${answered.name} ${percent(Math.max(0, ...(prediction?.fused ?? [])))}`
    : prediction && classes.length > 0
      ? 'answered unknown'
      : 'no answer';
  return (
    <fieldset class="selection" aria-label="Selection">
      <div class="selection-line">
        <button
          type="button"
          class="button small"
          onClick={actions.play}
          disabled={model.playback.value !== 'none'}
        >
          <Icon name="play" /> Play
        </button>
        <span class="number">
          {agoText(selection, ribbon)} · {was}
        </span>
        <span class="grow" />
        <ScopeChoice />
        <IconButton icon="close" label="Clear selection" onClick={() => actions.select(null)} />
      </div>
      <div class="choices">
        {classes.map(({ id, name, colour }) => (
          <button
            type="button"
            key={id}
            class="choice"
            onClick={() => actions.labelSelection({ kind: 'class', className: name })}
          >
            <Dot colour={colour} /> {name}
          </button>
        ))}
        {answered && (
          <button
            type="button"
            class="choice quiet"
            onClick={() => actions.labelSelection({ kind: 'not-class', className: answered.name })}
          >
            Not {answered.name}
          </button>
        )}
        <button
          type="button"
          class="choice quiet"
          onClick={() => actions.labelSelection({ kind: 'unknown', className: '' })}
        >
          Unknown
        </button>
        <span class="grow" />
        <button
          type="button"
          class="choice quiet forget"
          onClick={() => {
            model.dialog.value = { kind: 'forget-span', span: { ...selection, sessionId: ribbon.sessionId } };
          }}
        >
          <Icon name="trash" /> Forget this span
        </button>
      </div>
    </fieldset>
  );
}

export function Timeline() {
  const { model } = useApp();
  const selection = model.selection.value;
  return (
    <Panel title="The last minute" class="timeline" aside={<Legend />}>
      <Chart />
      <RibbonView />
      <div class="axis" aria-hidden="true">
        <span>60 s ago</span>
        <span>40</span>
        <span>20</span>
        <span>now</span>
      </div>
      {selection ? (
        <SelectionBar selection={selection} />
      ) : (
        <p class="hint">
          Drag over the ribbon to relabel, play back, or say that only the sound or only the picture was
          meant.
        </p>
      )}
    </Panel>
  );
}
