/** Labels given here and by others who are here, newest first, each with its undo; above them those that look mislabelled. */
import type { ClassInfo, LabelEffect } from '../../proto/messages.ts';
import { isOthers, type LabelEntry } from '../state/labels.ts';
import { percent, seconds } from '../state/words.ts';
import { useApp } from './context.ts';
import { IconButton, Panel } from './parts.tsx';
import { SecondLook } from './second-look.tsx';

/** What a label says, in words. */
export function labelText(entry: LabelEntry, classes: readonly ClassInfo[]): string {
  const name = classes.find((known) => known.id === entry.classId)?.name ?? entry.className;
  const what = entry.kind === 'unknown' ? 'unknown' : entry.kind === 'not-class' ? `not ${name}` : name;
  const scope = entry.scope === 'both' ? '' : entry.scope === 'audio' ? ', sound only' : ', picture only';
  return `${what}${scope}`;
}

/** Old to new probability of both senses. */
export function Effects({ effects }: { readonly effects: readonly LabelEffect[] }) {
  return (
    <>
      {effects.map(({ modality, before, after }) => (
        <span key={modality} class={`effect number ${modality === 'audio' ? 'sound' : 'picture'}`}>
          {modality === 'audio' ? 'sound' : 'picture'} {percent(before)} → <b>{percent(after)}</b>
        </span>
      ))}
    </>
  );
}

const STATUS: Readonly<Record<LabelEntry['status'], string>> = {
  waiting: 'waiting for the server',
  saved: '',
  refused: 'refused',
  undoing: 'undoing…',
  undone: 'undone',
};

function Row({ entry }: { readonly entry: LabelEntry }) {
  const { model, actions } = useApp();
  const text = labelText(entry, model.classes.value);
  const others = isOthers(entry, model.settings.value.name);
  const open = entry.status === 'saved' || entry.status === 'waiting';
  return (
    <li class="label-row" data-state={entry.status}>
      <span class="grow">
        <b>{text}</b> <span class="hint number">{seconds(entry.end - entry.start)}</span>
        <span class="effects">
          <Effects effects={entry.effects} />
          {entry.status === 'saved' && entry.effects.length === 0 && entry.samples > 0 && (
            <span class="hint number">{entry.samples} samples</span>
          )}
          {others && <span class="by">by {entry.by}</span>}
          {STATUS[entry.status] !== '' && <span class="hint">{STATUS[entry.status]}</span>}
          {entry.reason !== '' && <span class="problem">{entry.reason}</span>}
        </span>
      </span>
      {open && <IconButton icon="undo" label={`Undo ${text}`} onClick={() => actions.undo(entry.id)} />}
      {(open || entry.status === 'undone') && (
        <IconButton
          icon="trash"
          label={`Forget ${text}`}
          onClick={() => {
            const { sessionId, start, end } = entry;
            model.dialog.value = { kind: 'forget-span', span: { sessionId, start, end } };
          }}
        />
      )}
    </li>
  );
}

export function Labels() {
  const { model } = useApp();
  const entries = model.labels.value;
  return (
    <Panel title="Labels" class="labels" aside={<span class="caption">U undoes the last</span>}>
      <SecondLook />
      {entries.length === 0 ? (
        <p class="hint">Every correction is listed here and can be taken back, also after a restart.</p>
      ) : (
        <ul class="label-list">
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
