/** What the trainer does, what the gate said, which model serves, and the way back to an older one. */
import type { Champion, Training } from '../../proto/messages.ts';
import { percent, phaseText, sentence } from '../state/words.ts';
import { useApp } from './context.ts';
import { Bar, Panel } from './parts.tsx';

function Version({ champion }: { readonly champion: Champion }) {
  const { actions } = useApp();
  const { version, serving, heldOut, note, at } = champion;
  const time = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const score = heldOut ? `${percent(heldOut.fused)} held out` : 'not scored';
  return (
    <li class={`version ${serving ? 'serving' : ''}`}>
      <b>v{version}</b>
      <span class="grow">
        {version === 0 && !heldOut ? 'seeded start' : score}
        {at > 0 && <time class="number">{time}</time>}
        {note !== '' && <span class="hint">{note}</span>}
      </span>
      {serving ? (
        <span class="pill" data-state="live">
          serving
        </span>
      ) : (
        <button
          type="button"
          class="button small ghost"
          aria-label={`Roll back to version ${version}`}
          onClick={() => actions.rollback(version)}
        >
          Roll back
        </button>
      )}
    </li>
  );
}

/** Idle before the first round is not "up to date": something is still needed. */
function statusText({ phase, round }: Training): string {
  return phase === 'idle' && round === 0 ? 'Not trained yet' : phaseText(phase);
}

export function Learning() {
  const { model, actions } = useApp();
  const training = model.training.value;
  const serving = model.serving.value;
  const paused = training?.phase === 'paused';
  const busy = training?.phase === 'training' || training?.phase === 'judging';
  return (
    <Panel
      title="Learning"
      class="learning"
      aside={
        <button
          type="button"
          class="button small ghost"
          aria-pressed={paused}
          onClick={() => actions.pauseTraining(!paused)}
        >
          {paused ? 'Resume' : 'Pause'}
        </button>
      }
    >
      <p class="statement" role="status" aria-label="Training" data-state={training?.phase ?? 'none'}>
        {training ? statusText(training) : 'No news yet'}
        {training && training.round > 0 && <span class="hint number"> round {training.round}</span>}
      </p>
      {busy && training && (
        <Bar
          value={training.steps > 0 ? training.step / training.steps : 0}
          tone="fused"
          label="Progress of the round"
        />
      )}
      {training && training.reason !== '' && <p class="hint">{sentence(training.reason)}</p>}
      {training && training.labelsWaiting > 0 && (
        <p class="hint number">
          {training.labelsWaiting} label{training.labelsWaiting === 1 ? '' : 's'} waiting for the next round
        </p>
      )}
      {training && training.verdict !== '' && (
        <p class="verdict">
          <span class="caption">The gate said</span> {training.verdict}
        </p>
      )}
      <h3 class="caption">Versions</h3>
      <ul class="versions" aria-label="Model versions">
        {(serving?.history ?? []).toReversed().map((champion) => (
          <Version key={champion.version} champion={champion} />
        ))}
      </ul>
    </Panel>
  );
}
