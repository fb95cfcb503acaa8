/** Name, source, connection, lag, model: what is going on, in one line. */
import type { ConnectionState } from '../connection.ts';
import type { Theme } from '../settings.ts';
import { lagStatistics } from '../state/lag.ts';
import { useApp } from './context.ts';
import { IconButton } from './parts.tsx';

function connectionText(state: ConnectionState, now: number): string {
  switch (state.phase) {
    case 'open':
      return 'Connected';
    case 'connecting':
      return state.attempt === 0 ? 'Connecting…' : 'Reconnecting…';
    case 'waiting':
      return `Server gone, retry in ${Math.max(0, Math.ceil((state.retryAt - now) / 1e6))} s`;
    default:
      return 'Refused';
  }
}

const WAYS = { off: '', connecting: '', webrtc: ' · WebRTC', websocket: ' · WebSocket' } as const;

function ConnectionChip() {
  const { model, actions } = useApp();
  const state = model.connection.value;
  const barred = model.accessError.value !== '';
  const phase = barred ? 'refused' : state.phase;
  const waiting = model.waitingLabels.value;
  return (
    <span class="chip" role="status" aria-label="Connection" data-state={phase}>
      <span class="lamp" aria-hidden="true" />
      {barred ? 'No access' : connectionText(state, model.now.value)}
      {phase === 'open' && model.source.value.kind !== 'none' && WAYS[model.link.value.phase]}
      {waiting > 0 && ` · ${waiting} label${waiting === 1 ? '' : 's'} waiting`}
      {(state.phase === 'waiting' || state.phase === 'refused') && (
        <button type="button" class="link" onClick={actions.reconnect}>
          Try now
        </button>
      )}
    </span>
  );
}

function LagChip() {
  const { model } = useApp();
  const lag = lagStatistics(model.lags.value);
  if (lag === null) return null;
  return (
    <span
      class="chip number wide-only"
      role="status"
      aria-label="Lag"
      aria-live="off"
      title={`Capture to answer, last minute: half below ${Math.round(lag.p50)} ms, 95 % below ${Math.round(lag.p95)} ms`}
      data-count={lag.count}
      data-p50={lag.p50.toFixed(1)}
      data-p95={lag.p95.toFixed(1)}
      data-last={lag.last.toFixed(1)}
    >
      lag {Math.round(lag.p50)} ms
    </span>
  );
}

function ModelChip() {
  const { model } = useApp();
  const serving = model.serving.value;
  if (serving === null) return null;
  const slow = serving.backend !== 'graph';
  return (
    <span
      class="chip number wide-only"
      role="status"
      aria-label="Model"
      aria-live="off"
      data-state={serving.backend}
    >
      model v{serving.version}
      {slow && ` · ${serving.backend}`}
    </span>
  );
}

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: 'dark', dark: 'light', light: 'auto' };

function ThemeButton() {
  const { model, actions } = useApp();
  const settings = model.settings.value;
  const label = `Theme: ${settings.theme}`;
  const next = (): void => actions.settings({ ...settings, theme: NEXT_THEME[settings.theme] });
  return <IconButton icon="theme" label={label} onClick={next} />;
}

export function Header() {
  const { model } = useApp();
  const project = model.welcome.value?.project ?? '';
  return (
    <header class="top">
      <h1 class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
          <path class="beam" d="M6 12.5 26 9.5M16 7v17M10 25h12" />
          <circle class="pan-sound" cx="7" cy="17" r="3.6" />
          <circle class="pan-picture" cx="25" cy="14" r="3.6" />
        </svg>
        Counterpoise
        {project !== '' && project !== 'default' && <span class="project">{project}</span>}
      </h1>
      <div class="chips">
        <ModelChip />
        <LagChip />
        <ConnectionChip />
      </div>
      <div class="top-actions">
        {!model.watching && (
          <IconButton
            icon="signal"
            label="Check camera and connection"
            onClick={() => {
              model.dialog.value = { kind: 'preflight' };
            }}
          />
        )}
        <ThemeButton />
        <IconButton
          icon="settings"
          label="Settings"
          onClick={() => {
            model.dialog.value = { kind: 'settings' };
          }}
        />
        <button
          type="button"
          class="icon-button"
          aria-label="Keyboard help"
          title="Keyboard help (?)"
          onClick={() => {
            model.dialog.value = { kind: 'help' };
          }}
        >
          ?
        </button>
      </div>
    </header>
  );
}
