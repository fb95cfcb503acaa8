/** The balance of the two senses: rho, who is helped and how strongly, and who has been right so far. */
import { balanceText, percent } from '../state/words.ts';
import { useApp } from './context.ts';
import { Bar, Panel } from './parts.tsx';

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

export function Balance() {
  const { model } = useApp();
  const training = model.training.value;
  const rho = training?.rho ?? null;
  const { fused = 0, audio = 0, video = 0, labels = 0 } = training?.prequential ?? {};
  const value = (share: number): number | null => (labels === 0 ? null : share);
  const push = training === null || (training.beta === 0 && training.gamma === 0);
  return (
    <Panel
      title="Balance"
      class="balance"
      aside={<span class="caption number">ρ {rho === null ? '–' : rho.toFixed(2)}</span>}
    >
      <Beam rho={rho} />
      <p class="statement" role="status" aria-label="Balance verdict">
        {training ? balanceText(training) : 'Not known yet: both senses need labels first.'}
      </p>
      {!push && training && (
        <p class="hint number">
          push on sound {training.beta.toFixed(2)}, on picture {training.gamma.toFixed(2)}
        </p>
      )}
      <fieldset class="scores" aria-label="Accuracy before each label was learned">
        <span class="caption">
          Right before each label was learned
          {labels > 0 && ` (${labels} ${labels === 1 ? 'label' : 'labels'})`}
        </span>
        {(
          [
            ['Together', 'fused', fused],
            ['Sound', 'sound', audio],
            ['Picture', 'picture', video],
          ] as const
        ).map(([name, tone, share]) => (
          <div class="score-line" key={name}>
            <span>{name}</span>
            <Bar value={value(share)} tone={tone} label={`${name}, accuracy`} />
            <span class="number">{percent(value(share))}</span>
          </div>
        ))}
      </fieldset>
    </Panel>
  );
}
