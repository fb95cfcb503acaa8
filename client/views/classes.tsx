/** The classes: add, hold to teach, see what each sense makes of them, rename, recolour, delete. */
import { useState } from 'preact/hooks';
import type { ClassInfo } from '../../proto/messages.ts';
import { percent, seconds } from '../state/words.ts';
import { useApp } from './context.ts';
import { Bar, Dot, IconButton, Panel } from './parts.tsx';

/** Mouse, touch, pen, Space and Enter all hold. */
function HoldButton({ name, number }: { readonly name: string; readonly number: number }) {
  const { model, actions } = useApp();
  const holding = model.holding.value;
  const held = holding?.className === name;
  const isHoldKey = (key: string): boolean => key === ' ' || key === 'Enter';
  return (
    <button
      type="button"
      class={`hold ${held ? 'held' : ''}`}
      aria-label={`Hold to teach ${name}`}
      aria-pressed={held}
      aria-keyshortcuts={number <= 9 ? String(number) : undefined}
      disabled={model.ribbon.value.sessionId === ''}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        actions.press(name);
      }}
      onPointerUp={actions.release}
      onPointerCancel={actions.release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isHoldKey(event.key)) return;
        event.preventDefault();
        if (!event.repeat) actions.press(name);
      }}
      onKeyUp={(event) => {
        if (isHoldKey(event.key)) actions.release();
      }}
    >
      {held ? <HeldFor /> : 'Hold to teach'}
    </button>
  );
}

function HeldFor() {
  const { model } = useApp();
  const since = model.holding.value?.since ?? 0;
  const held = Math.max(0, model.mediaNow.value - since);
  return <>Teaching {seconds(held)}</>;
}

function needsText(info: ClassInfo): string {
  const { audioNeeds, videoNeeds } = info;
  if (info.spans === 0) return 'not taught yet';
  if (audioNeeds === 0 && videoNeeds === 0) return 'enough';
  if (audioNeeds === videoNeeds) return `needs ${audioNeeds} more`;
  const parts = [
    ...(audioNeeds > 0 ? [`sound needs ${audioNeeds} more`] : []),
    ...(videoNeeds > 0 ? [`picture needs ${videoNeeds} more`] : []),
  ];
  return parts.join(', ');
}

function Editor({ info, done }: { readonly info: ClassInfo; readonly done: () => void }) {
  const { model, actions } = useApp();
  const [name, setName] = useState(info.name);
  const save = (): void => {
    const trimmed = name.trim();
    if (trimmed !== '' && trimmed !== info.name)
      actions.edit({ type: 'rename', classId: info.id, name: trimmed });
    done();
  };
  const ask = (kind: 'delete-class' | 'forget-class'): void => {
    model.dialog.value = { kind, classId: info.id };
  };
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div class="editor-line">
        <input
          type="color"
          value={info.colour}
          aria-label={`Colour of ${info.name}`}
          onChange={(event) =>
            actions.edit({ type: 'recolour', classId: info.id, colour: event.currentTarget.value })
          }
        />
        <input
          type="text"
          value={name}
          maxLength={64}
          aria-label={`New name of ${info.name}`}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="button small primary">
          Save
        </button>
      </div>
      <div class="editor-line">
        <button type="button" class="button small danger" onClick={() => ask('delete-class')}>
          Delete class
        </button>
        <button type="button" class="button small ghost" onClick={() => ask('forget-class')}>
          Delete its data
        </button>
      </div>
    </form>
  );
}

function ClassItem({ info, number }: { readonly info: ClassInfo; readonly number: number }) {
  const { model } = useApp();
  const [editing, setEditing] = useState(false);
  const row = model.live.value?.rows.get(info.id);
  const current = model.live.value?.answer?.id === info.id;
  return (
    <li
      class={`class-item ${current ? 'current' : ''}`}
      aria-label={info.name}
      data-needs-audio={info.audioNeeds}
      data-needs-video={info.videoNeeds}
    >
      <div class="class-head">
        {number <= 9 && <kbd>{number}</kbd>}
        <Dot colour={info.colour} />
        <span class="class-name">{info.name}</span>
        <span class="number">{row ? percent(row.fused) : ''}</span>
        <IconButton
          icon="edit"
          label={`Edit ${info.name}`}
          pressed={editing}
          onClick={() => setEditing(!editing)}
        />
      </div>
      {editing && <Editor info={info} done={() => setEditing(false)} />}
      <div class="class-bars">
        <Bar value={row?.fused ?? 0} tone="fused" label={`${info.name}, together`} thick />
        <Bar value={row?.audio ?? 0} tone="sound" label={`${info.name}, sound`} />
        <Bar value={row?.video ?? 0} tone="picture" label={`${info.name}, picture`} />
      </div>
      <div class="class-foot">
        <span class="counts">
          {info.spans} label{info.spans === 1 ? '' : 's'} · <span class="needs">{needsText(info)}</span>
        </span>
        <HoldButton name={info.name} number={number} />
      </div>
    </li>
  );
}

function AddClass() {
  const { model, actions } = useApp();
  const [name, setName] = useState('');
  const known = model.classes.value.some((other) => other.name === name.trim());
  return (
    <form
      class="add-class"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '' || known) return;
        actions.edit({ type: 'add', name: name.trim(), colour: '' });
        setName('');
      }}
    >
      <input
        type="text"
        value={name}
        maxLength={64}
        placeholder="New class"
        aria-label="Name of the new class"
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={name.trim() === '' || known}>
        Add class
      </button>
    </form>
  );
}

function Guide() {
  const { model, actions } = useApp();
  const source = model.watching ? 'watched' : model.source.value.kind;
  return (
    <ol class="guide" aria-label="First steps">
      <li class={source === 'none' ? 'now' : 'done'}>Start your camera, or the demo.</li>
      <li class={source === 'none' ? '' : 'now'}>Name a class: something that can be seen and heard.</li>
      <li>
        Hold its button, or its number key, while you show it. Two or three times each; no train button.
        {source === 'demo' && (
          <button type="button" class="button small primary" onClick={() => actions.teachDemo(true)}>
            Teach the demo for me
          </button>
        )}
      </li>
    </ol>
  );
}

export function Classes() {
  const { model } = useApp();
  const classes = model.classes.value;
  return (
    <Panel title="Classes" class="classes" aside={<Legend />}>
      {classes.length === 0 ? (
        <Guide />
      ) : (
        <ul class="class-list">
          {classes.map((info, i) => (
            <ClassItem key={info.id} info={info} number={i + 1} />
          ))}
        </ul>
      )}
      <AddClass />
    </Panel>
  );
}

export function Legend() {
  return (
    <span class="legend" aria-hidden="true">
      <i class="fused">together</i>
      <i class="sound">sound</i>
      <i class="picture">picture</i>
    </span>
  );
}
