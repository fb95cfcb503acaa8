/** The switch of rebalancing, the policy behind it, and what both are worth on these very labels. */
import type { BalanceReport, ComparisonReport, Switch } from '../../proto/messages.ts';
import { POLICY_NAMES, REBALANCING_OFF, REBALANCING_ON } from '../../proto/policies.ts';
import { comparisonWords, points } from '../state/balance.ts';
import { POLICY_WORDS, type Position, positionOf } from '../state/policies.ts';
import { sentence } from '../state/words.ts';
import { useApp } from './context.ts';

const CHOICES = { off: REBALANCING_OFF, on: REBALANCING_ON, auto: 'auto' } as const;
const POSITIONS: readonly (readonly [Position, string])[] = [
  ['off', 'Off'],
  ['on', 'On'],
  ['auto', 'Auto'],
];

type SegmentsProps<Value extends string> = {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [Value, string])[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
};

function Segments<Value extends string>({ name, label, options, value, onChange }: SegmentsProps<Value>) {
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {options.map(([option, text]) => (
        <label class="segment" key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          <span>{text}</span>
        </label>
      ))}
    </div>
  );
}

function explained({ choice, policy, because }: BalanceReport): string {
  const { name, line } = POLICY_WORDS[policy];
  if (choice === 'auto') return because;
  return `${name}: ${line}`;
}

/** Off, on, auto; and any policy by name. */
export function RebalancingSwitch({ report }: { readonly report: BalanceReport }) {
  const { actions } = useApp();
  const position = positionOf(report.choice);
  return (
    <div class="rebalancing" data-choice={report.choice} data-policy={report.policy}>
      <div class="rebalancing-line">
        <span class="caption">Rebalancing</span>
        <Segments
          name="rebalancing"
          label="Rebalancing"
          options={POSITIONS}
          value={position}
          onChange={(next) => actions.rebalance({ choice: CHOICES[next] })}
        />
      </div>
      <p class="rebalancing-why" role="status" aria-label="Rebalancing">
        {explained(report)}
      </p>
      <details>
        <summary>Advanced: choose the policy by name</summary>
        <select
          aria-label="Training policy"
          value={report.choice === 'auto' ? '' : report.policy}
          onChange={(event) => {
            const { value } = event.currentTarget;
            const policy = POLICY_NAMES.find((name) => name === value);
            if (policy) actions.rebalance({ choice: policy });
          }}
        >
          {report.choice === 'auto' && (
            <option value="">Auto decides: {POLICY_WORDS[report.policy].name}</option>
          )}
          {POLICY_NAMES.map((policy) => (
            <option key={policy} value={policy}>
              {POLICY_WORDS[policy].name}
            </option>
          ))}
        </select>
        <p class="hint">{POLICY_WORDS[report.policy].line} It counts from the next round on.</p>
      </details>
    </div>
  );
}

const REACH = 0.3; // points that either end of the interval's axis shows

/** The interval of the difference around none at all. */
function Interval({ low, high, onShare, offShare }: ComparisonReport) {
  const at = (difference: number): number => 50 + 50 * Math.max(-1, Math.min(1, difference / REACH));
  const mean = onShare - offShare;
  return (
    <svg
      class="interval"
      viewBox="0 0 100 14"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Difference ${points(mean)} points, 95 % interval ${points(low)} to ${points(high)}`}
    >
      <path class="zero" d="M50 0V14" />
      <path class="span" d={`M${at(low)} 7H${at(high)}`} />
      <path class="mean" d={`M${at(mean)} 1V13`} />
    </svg>
  );
}

const SETTINGS: readonly (readonly [Switch, string])[] = [
  ['off', 'Off'],
  ['on', 'On'],
  ['auto', 'Auto'],
];

/** What the same labels would have come to under the other policy. */
export function Counterfactual({ comparison }: { readonly comparison: ComparisonReport }) {
  const { actions } = useApp();
  const { verdict, headline, figures, note } = comparisonWords(comparison);
  return (
    <section
      class="counterfactual"
      data-state={comparison.state}
      data-verdict={verdict}
      aria-label="With and without"
    >
      <div class="rebalancing-line">
        <h3 class="caption">With and without, on your labels</h3>
        <Segments
          name="comparison"
          label="Compare in the background"
          options={SETTINGS}
          value={comparison.setting}
          onChange={(next) => actions.rebalance({ comparison: next })}
        />
      </div>
      <p class="headline" role="status" aria-label="Comparison">
        {headline}
      </p>
      {comparison.labels > 0 && comparison.state !== 'off' && (
        <>
          <Interval {...comparison} />
          <p class="interval-ends hint" aria-hidden="true">
            <span>without is better</span>
            <span>with is better</span>
          </p>
        </>
      )}
      {figures !== '' && <p class="number">{figures}</p>}
      {note !== '' && <p class="hint">{sentence(note)}</p>}
      <p class="hint">
        Both are trained on the same labels from the same start, in a background process of the lowest
        priority; neither serves. It doubles the training work and takes about 1 GB of memory.
      </p>
    </section>
  );
}
