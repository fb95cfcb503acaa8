/** Which way sound and picture take, why, and what arrives of them. */
import type { SessionInfo } from '../../proto/messages.ts';
import { ENCODED, kindText, type LinkView, linkView, skewText, trackFigures } from '../state/link-view.ts';
import { useApp } from './context.ts';
import { Fact, Panel } from './parts.tsx';

/** The watched stream's way, as its server tells it. */
function watchedView(session: SessionInfo | undefined): LinkView {
  const none = { why: '', remedy: '', command: '', canRetry: false } as const;
  if (session?.link === undefined || session.link === null)
    return { ...none, state: 'none', badge: 'quiet', statement: 'This stream sends nothing now.' };
  const badge = kindText(session.link);
  return {
    ...none,
    state: 'good',
    badge,
    statement: `This stream comes by ${badge.replace(' · ', ' over ')}.`,
  };
}

function useLink(): LinkView {
  const { model } = useApp();
  if (!model.watching) return linkView(model.link.value, model.addresses.value);
  const id = model.welcome.value?.sessionId;
  return watchedView(model.sessions.value.find((session) => session.id === id));
}

function Figures() {
  const { model } = useApp();
  const rows = trackFigures(model.health.value?.link ?? null);
  if (rows.length === 0) return null;
  return (
    <table class="tracks">
      <thead>
        <tr>
          <td />
          <th scope="col" class="sound">
            Sound
          </th>
          <th scope="col" class="picture">
            Picture
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, audio, video, bad }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class={bad.audio ? 'problem' : ''}>{audio}</td>
            <td class={bad.video ? 'problem' : ''}>{video}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Facts() {
  const { model } = useApp();
  const rtt = model.ping.value?.rtt ?? null;
  const media = model.health.value?.link?.roundTrip ?? null;
  const { path } = model.source.value;
  return (
    <dl class="facts">
      {path !== null && path !== 'webrtc' && <Fact name="Sends">{ENCODED[path]}</Fact>}
      <Fact name="Skew">{skewText(model.live.value?.skew ?? null)}</Fact>
      <Fact name="Round trip">{rtt === null ? '–' : `${rtt.toFixed(rtt < 10 ? 1 : 0)} ms`}</Fact>
      {media !== null && <Fact name="Round trip of media">{`${media.toFixed(media < 10 ? 1 : 0)} ms`}</Fact>}
    </dl>
  );
}

export function ConnectionPanel() {
  const { actions, model } = useApp();
  const { state, badge, statement, remedy, command, canRetry } = useLink();
  const pill = (
    <span class="pill" data-state={state === 'good' ? 'live' : state === 'none' ? 'none' : state}>
      {badge}
    </span>
  );
  return (
    <Panel title="Connection" class="connection" aside={pill}>
      <div class="connection-halves">
        <div class="connection-half">
          <div
            class="way"
            role="status"
            aria-label="Transport"
            data-state={state}
            data-transport={badge}
            data-generation={model.link.value.generation}
            data-session={model.welcome.value?.sessionId ?? ''}
          >
            <p class="statement">{statement}</p>
            {remedy !== '' && <p class="hint">{remedy}</p>}
            {command !== '' && (
              <p class="hint">
                To change it, on the server: <code>{command}</code>
              </p>
            )}
            {canRetry && (
              <button type="button" class="button small" onClick={actions.retryWebrtc}>
                Try WebRTC again
              </button>
            )}
          </div>
          <Facts />
        </div>
        <Figures />
      </div>
    </Panel>
  );
}
