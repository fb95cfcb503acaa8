/** The guard: whether each sense may be pushed, and by what evidence. */
import type { GuardEvidence, GuardReport, Modality } from '../../proto/messages.ts';
import { guardWords, senseName } from '../state/balance.ts';
import { percent } from '../state/words.ts';

function Sense({ sense, evidence }: { readonly sense: Modality; readonly evidence: GuardEvidence }) {
  const { state, pill, text } = guardWords(evidence);
  const tone = sense === 'audio' ? 'sound' : 'picture';
  const name = senseName(sense);
  const { accuracy, needed, chance } = evidence;
  return (
    <li class="guard-line" data-state={state}>
      <div class="guard-head">
        <b class={tone}>{name}</b>
        <span class="pill">{pill}</span>
      </div>
      <div class={`bar ${tone} guard-bar`}>
        <meter
          class="visually-hidden"
          aria-label={`${name} alone, accuracy`}
          min={0}
          max={100}
          value={100 * accuracy}
        >
          {percent(accuracy)}
        </meter>
        <div class="fill" aria-hidden="true" style={{ transform: `scaleX(${accuracy})` }} />
        {needed !== null && (
          <>
            <i class="guard-mark" aria-hidden="true" style={{ left: `${100 * chance}%` }} />
            <i
              class="guard-mark needed"
              aria-hidden="true"
              style={{ left: `${100 * Math.min(1, needed)}%` }}
            />
          </>
        )}
      </div>
      <p class="hint number">{text}</p>
    </li>
  );
}

export function Guard({ guard }: { readonly guard: GuardReport }) {
  return (
    <section class="guard" aria-label="Guard">
      <h3 class="caption">Guard against pushing noise</h3>
      <ul>
        <Sense sense="audio" evidence={guard.audio} />
        <Sense sense="video" evidence={guard.video} />
      </ul>
      {guard.reason !== '' && <p class="hint">Last stopped: {guard.reason}.</p>}
    </section>
  );
}
