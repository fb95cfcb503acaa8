/** What the gate said of the last rounds: its four conditions with their figures, and each class before and after. */
import type { ClassShare, GateEvidence, RollbackReport, RoundReport } from '../../proto/messages.ts';
import { conditionsOf, roundTitle } from '../state/balance.ts';
import { named } from '../state/live.ts';
import { POLICY_WORDS } from '../state/policies.ts';
import { percent, sentence } from '../state/words.ts';
import { useApp } from './context.ts';
import { Dot } from './parts.tsx';

const time = (at: number): string =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

function Conditions({ evidence }: { readonly evidence: GateEvidence }) {
  const { model } = useApp();
  const nameOf = (id: string): string => named(model.classes.value, id)?.name ?? 'a deleted class';
  return (
    <ul class="conditions" aria-label="Conditions">
      {conditionsOf(evidence, nameOf).map(({ name, passed, figures }) => (
        <li key={name} data-passed={passed === null ? 'none' : String(passed)}>
          <span
            class="sign"
            role="img"
            aria-label={passed === null ? 'not asked' : passed ? 'met' : 'not met'}
          >
            {passed === null ? '–' : passed ? '✓' : '✗'}
          </span>
          <span>
            {name} <span class="hint number">{figures}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function change(before: number, after: number): string {
  return after > before ? 'up' : after < before ? 'down' : 'same';
}

function ClassTable({ classes }: { readonly classes: readonly ClassShare[] }) {
  const { model } = useApp();
  return (
    <table class="class-shares">
      <caption class="caption">Held-out windows answered rightly</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
          <th scope="col">Windows</th>
        </tr>
      </thead>
      <tbody>
        {classes.map(({ classId, windows, before, after }) => {
          const known = named(model.classes.value, classId);
          return (
            <tr key={classId} data-change={change(before, after)}>
              <th scope="row">
                {known && <Dot colour={known.colour} />} {known?.name ?? 'a deleted class'}
              </th>
              <td class="number">{percent(before)}</td>
              <td class="number after">{percent(after)}</td>
              <td class="number">{windows}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Round({ report, open }: { readonly report: RoundReport; readonly open: boolean }) {
  const { outcome, at, verdict, evidence, policy } = report;
  return (
    <li>
      <details class="round" data-outcome={outcome} open={open}>
        <summary>
          <span class="grow">{roundTitle(report)}</span>
          <time class="hint number">{time(at)}</time>
        </summary>
        <p class="hint">
          {POLICY_WORDS[policy].name}. {sentence(verdict)}
        </p>
        {evidence && <Conditions evidence={evidence} />}
        {evidence?.thin && (
          <p class="hint">
            Thin evidence: some class has fewer than ten windows set aside for judging, so its newest labels
            sat this round out.
          </p>
        )}
        {evidence && evidence.classes.length > 0 && <ClassTable classes={evidence.classes} />}
      </details>
    </li>
  );
}

/** The newest first, the newest open. */
export function Rounds({ rounds }: { readonly rounds: readonly RoundReport[] }) {
  return (
    <section class="rounds" aria-label="Last rounds">
      <h3 class="caption">What the gate said of the last rounds</h3>
      {rounds.length === 0 && (
        <p class="hint">
          No round was judged yet. A candidate has to pass four conditions before it serves, and they are
          shown here.
        </p>
      )}
      <ul>
        {rounds.toReversed().map((report, i) => (
          <Round key={report.round} report={report} open={i === 0} />
        ))}
      </ul>
    </section>
  );
}

export function Rollbacks({ rollbacks }: { readonly rollbacks: readonly RollbackReport[] }) {
  if (rollbacks.length === 0) return null;
  return (
    <section class="rollbacks" aria-label="Ways back">
      <h3 class="caption">Ways back</h3>
      <ul>
        {rollbacks.toReversed().map(({ at, from, to, reason }) => (
          <li key={`${at} ${from}`}>
            From v{from} to v{to} <time class="hint number">{time(at)}</time>
            <span class="hint">{sentence(reason)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
