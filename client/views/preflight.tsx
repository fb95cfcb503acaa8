/** The check of camera and connection: one line each, and one remedy for each that is red. */
import { useEffect } from 'preact/hooks';
import { linkView } from '../state/link-view.ts';
import { type CheckLine, checkLines } from '../state/preflight.ts';
import { useApp } from './context.ts';
import { Modal } from './modal.tsx';
import { Bar } from './parts.tsx';

const MARKS = {
  good: { sign: '✓', said: 'fine' },
  bad: { sign: '!', said: 'needs attention' },
  waiting: { sign: '·', said: 'not known yet' },
} as const;

const QUIETEST_DB = -60; // the meter's left end

function Line({ line, levelDb }: { readonly line: CheckLine; readonly levelDb: number | null }) {
  const { sign, said } = MARKS[line.state];
  return (
    <li class="check-line" data-check={line.id} data-state={line.state}>
      <span class="mark" aria-hidden="true">
        {sign}
      </span>
      <span class="check-name">
        {line.name}
        <span class="visually-hidden">: {said}</span>
      </span>
      <span class="check-value number">{line.value}</span>
      {line.id === 'microphone' && levelDb !== null && (
        <Bar label="Level of the microphone" tone="sound" value={1 - levelDb / QUIETEST_DB} />
      )}
      {line.remedy !== '' && <p class="remedy">{line.remedy}</p>}
    </li>
  );
}

function summary(lines: readonly CheckLine[]): string {
  const bad = lines.filter(({ state }) => state === 'bad').length;
  if (bad > 0) return bad === 1 ? 'One thing needs your attention.' : `${bad} things need your attention.`;
  return lines.some(({ state }) => state === 'waiting') ? 'Checking…' : 'All is well.';
}

export function Preflight() {
  const { model, actions } = useApp();
  useEffect(() => {
    actions.preflight(true);
    return () => actions.preflight(false);
  }, [actions]);
  const readings = model.readings.value;
  const lines = checkLines(readings, {
    link: linkView(model.link.value, model.addresses.value),
    connection: model.connection.value.phase,
    rttMs: model.ping.value?.rtt ?? null,
  });
  return (
    <Modal title="Camera and connection">
      <p class="hint" role="status" aria-label="Check">
        {summary(lines)}
      </p>
      <ul class="checks" aria-label="Checks">
        {lines.map((line) => (
          <Line key={line.id} line={line} levelDb={readings.levelDb} />
        ))}
      </ul>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => actions.preflight(true)}>
          Check again
        </button>
        <button
          type="button"
          class="button primary"
          onClick={() => {
            model.dialog.value = { kind: 'none' };
          }}
        >
          Close
        </button>
      </div>
    </Modal>
  );
}
