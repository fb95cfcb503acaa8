/** The balance of the two senses: how it went, what is done about it and why, and what that is worth. */
import type { Training } from '../../proto/messages.ts';
import { REBALANCING_ON } from '../../proto/policies.ts';
import { modeText } from '../state/balance.ts';
import { POLICY_WORDS } from '../state/policies.ts';
import { percent, sentence } from '../state/words.ts';
import { useApp } from './context.ts';
import { Guard } from './guard.tsx';
import { Bar, Panel } from './parts.tsx';
import { Counterfactual, RebalancingSwitch } from './rebalancing.tsx';
import { RhoChart } from './rho-chart.tsx';
import { Rollbacks, Rounds } from './rounds.tsx';

/** Where the pan hangs: rho on a log scale, 1 in the middle, a factor of 4 at either end. */
function tilt(rho: number | null): number {
  if (rho === null || rho <= 0) return 0;
  return Math.max(-1, Math.min(1, Math.log(rho) / Math.log(4)));
}

function Beam({ rho }: { readonly rho: number | null }) {
  const slope = tilt(rho);
  return (
    <svg
      class="beam-drawing"
      viewBox="-60 -22 120 48"
      role="img"
      aria-label={rho === null ? 'Balance not known yet' : `Balance: sound over picture ${rho.toFixed(2)}`}
    >
      <path class="post" d="M0 0V22M-14 22H14" />
      <g style={{ transform: `rotate(${-slope * 14}deg)` }}>
        <path class="beam" d="M-46 0H46" />
        <circle class="pan-sound" cx="-46" cy="0" r="8" />
        <circle class="pan-picture" cx="46" cy="0" r="8" />
      </g>
    </svg>
  );
}

/** The prequential score: right before each label was learned. */
function Scores({ training }: { readonly training: Training | null }) {
  const { fused = 0, audio = 0, video = 0, labels = 0 } = training?.prequential ?? {};
  const value = (share: number): number | null => (labels === 0 ? null : share);
  const rows = [
    ['Together', 'fused', fused],
    ['Sound', 'sound', audio],
    ['Picture', 'picture', video],
  ] as const;
  return (
    <fieldset class="scores" aria-label="Accuracy before each label was learned">
      <span class="caption">
        Right before each label was learned
        {labels > 0 && ` (${labels} ${labels === 1 ? 'label' : 'labels'})`}
      </span>
      {rows.map(([name, tone, share]) => (
        <div class="score-line" key={name}>
          <span>{name}</span>
          <Bar value={value(share)} tone={tone} label={`${name}, accuracy`} />
          <span class="number">{percent(value(share))}</span>
        </div>
      ))}
    </fieldset>
  );
}

/** Which sense lags, what is done about it, and why. */
function Verdict({ training }: { readonly training: Training | null }) {
  if (!training) return <p class="statement">Not known yet: both senses need labels first.</p>;
  const { rebalance, beta, gamma, rho } = training;
  return (
    <div class="balance-verdict" data-mode={rebalance.mode}>
      <p class="statement" role="status" aria-label="Balance verdict">
        {modeText(rebalance.mode, rho)}
      </p>
      {rebalance.reason !== '' && <p class="hint">{sentence(rebalance.reason)}</p>}
      {rebalance.policy !== REBALANCING_ON && rebalance.mode !== 'unknown' && (
        <p class="hint">
          So PMR-stream would see it; {POLICY_WORDS[rebalance.policy].name} trains, by rules of its own.
        </p>
      )}
      <p class="hint number">
        push on sound β {beta.toFixed(2)}, on picture γ {gamma.toFixed(2)}
        {rebalance.early && ' · early: the stronger sense may be held back'}
      </p>
    </div>
  );
}

export function Balance() {
  const { model } = useApp();
  const training = model.training.value;
  const report = model.balance.value;
  const rho = training?.rho ?? null;
  return (
    <Panel
      title="Balance"
      class="balance"
      aside={<span class="caption number">ρ {rho === null ? '–' : rho.toFixed(2)}</span>}
    >
      <div class="balance-halves">
        <div class="balance-half">
          <Beam rho={rho} />
          <Verdict training={training} />
          <Scores training={training} />
        </div>
        {report && (
          <div class="balance-half">
            <RebalancingSwitch report={report} />
            <RhoChart report={report} />
          </div>
        )}
      </div>
      {report && (
        <div class="balance-halves">
          <div class="balance-half">
            <Guard guard={report.guard} />
            <Counterfactual comparison={report.comparison} />
          </div>
          <div class="balance-half">
            <Rounds rounds={report.rounds} />
            <Rollbacks rollbacks={report.rollbacks} />
          </div>
        </div>
      )}
    </Panel>
  );
}
