/** Health and storage: what is dropped, what computes and why, where everything is kept, and how to delete it. */
import { counted, size } from '../state/words.ts';
import { useApp } from './context.ts';
import { Fact, Panel } from './parts.tsx';

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Counted reasons as "12: 9 busy, 3 late-video". */
function shedText(counts: Readonly<Record<string, number>>): string {
  const sum = total(counts);
  if (sum === 0) return 'nothing';
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count} ${reason}`);
  return parts.slice(0, 3).join(', ');
}

const BACKENDS = {
  graph: 'graph mode, full speed',
  eager: 'eager mode, slower',
  wasm: 'WebAssembly fallback',
} as const;

function Backend() {
  const { model } = useApp();
  const serving = model.serving.value;
  if (serving === null) return null;
  const fallback = serving.backend !== 'graph';
  return (
    <fieldset class={fallback ? 'notice' : ''} data-state={serving.backend} aria-label="Backend">
      <dl class="facts">
        <Fact name="Computes with">{BACKENDS[serving.backend]}</Fact>
        {serving.beginning !== '' && <Fact name="Began as">{serving.beginning}</Fact>}
      </dl>
      {serving.backendReason !== '' && <p class="hint">{serving.backendReason}</p>}
      {fallback && serving.backendRemedy !== '' && (
        <p class="hint">
          To change it: <code>{serving.backendRemedy}</code>
        </p>
      )}
    </fieldset>
  );
}

function Health() {
  const { model } = useApp();
  const health = model.health.value;
  return (
    <dl class="facts">
      <Fact name="Dropped here">{shedText(model.clientDropped.value)}</Fact>
      <Fact name="Shed by server">{health ? shedText(health.shed) : '–'}</Fact>
      {health && <Fact name="Server memory">{size(health.rssBytes)}</Fact>}
    </dl>
  );
}

export function Storage() {
  const { model } = useApp();
  const health = model.health.value;
  const path = model.welcome.value?.dataPath ?? '';
  const classes = model.classes.value;
  const deleted = model.deleted.value;
  return (
    <Panel title="Your data" class="storage">
      <dl class="facts">
        <Fact name="Kept in">
          <code>{path === '' ? '–' : path}</code>
        </Fact>
        <Fact name="Size">{health ? size(health.storedBytes) : '–'}</Fact>
        <Fact name="Labels">{health ? health.storedLabels : '–'}</Fact>
      </dl>
      <p class="hint">
        Pictures and sound are kept for the last minute only; labels keep the features of their span, undone
        ones too, until they are forgotten. Nothing leaves this server.
      </p>
      <div class="storage-actions">
        <select
          aria-label="Delete the data of a class"
          disabled={classes.length + deleted.length === 0}
          value=""
          onChange={(event) => {
            const classId = event.currentTarget.value;
            event.currentTarget.value = '';
            if (classId !== '') model.dialog.value = { kind: 'forget-class', classId };
          }}
        >
          <option value="">Delete data of…</option>
          {classes.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          {deleted.map(({ id, name, labels }) => (
            <option key={id} value={id}>
              {name} (deleted, {counted(labels, 'label')})
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button small danger"
          onClick={() => {
            model.dialog.value = { kind: 'forget-everything' };
          }}
        >
          Delete everything
        </button>
      </div>
    </Panel>
  );
}

export function System() {
  return (
    <Panel title="Health" class="system">
      <Health />
      <Backend />
    </Panel>
  );
}
