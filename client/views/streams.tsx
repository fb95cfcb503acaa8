/** What else is being streamed into this project, to be watched and corrected from here. */
import type { SessionInfo } from '../../proto/messages.ts';
import { otherStreams, streamState, streamText } from '../state/streams.ts';
import { useApp } from './context.ts';
import { Panel } from './parts.tsx';

const SHOWN = 8;

const nameOf = (session: SessionInfo | undefined): string =>
  session === undefined || session.name === '' ? 'unnamed stream' : session.name;

function Stream({ session }: { readonly session: SessionInfo }) {
  const { model } = useApp();
  return (
    <li class="stream" data-state={streamState(session)}>
      <span class="lamp" aria-hidden="true" />
      <span class="grow">
        <b>{nameOf(session)}</b>
        {session.whip && <span class="tag">WHIP</span>}
        <span class="hint">{streamText(session)}</span>
      </span>
      <a
        class="button small"
        href={`?watch=${encodeURIComponent(session.id)}`}
        target={model.watching ? undefined : '_blank'}
        rel="noreferrer"
        aria-label={`Watch ${nameOf(session)}`}
      >
        Watch
      </a>
    </li>
  );
}

/** Whom this page watches, below the picture; and the way back. */
export function WatchedBar() {
  const { model } = useApp();
  const watched = model.sessions.value.find(({ id }) => id === model.welcome.value?.sessionId);
  return (
    <fieldset class="source-bar" aria-label="Watching">
      <span class="grow">
        Watching <b>{nameOf(watched)}</b>
      </span>
      <a class="button small" href="?">
        Back to my own
      </a>
    </fieldset>
  );
}

/** How to bring in a camera that has no browser. */
function WhipHint() {
  const { model } = useApp();
  if (model.welcome.value?.webrtc.available !== true) return null;
  return (
    <p class="hint">
      OBS, GStreamer or ffmpeg can stream here too, by WHIP: <code>{`${location.origin}/whip/NAME`}</code>
    </p>
  );
}

export function Streams() {
  const { model } = useApp();
  const own = model.welcome.value?.sessionId;
  const others = otherStreams(model.sessions.value, own);
  return (
    <Panel title="Streams" class="streams" aside={<span class="caption">Watch and correct others</span>}>
      {others.length === 0 ? (
        <p class="hint">Nobody else is streaming into this project.</p>
      ) : (
        <ul aria-label="Other streams">
          {others.slice(0, SHOWN).map((session) => (
            <Stream key={session.id} session={session} />
          ))}
        </ul>
      )}
      {others.length > SHOWN && <p class="hint">and {others.length - SHOWN} more</p>}
      <WhipHint />
    </Panel>
  );
}
