/** The live picture, its source and its states; playback is shown in the same place. */
import { useEffect, useRef } from 'preact/hooks';
import type { Modality, Tile } from '../../proto/messages.ts';
import { type SenseState, sensesText, senseText } from '../state/sense.ts';
import { useApp } from './context.ts';
import { DemoControls } from './demo.tsx';
import { Icon } from './parts.tsx';
import { WatchedBar } from './streams.tsx';

function Video({ stream }: { readonly stream: MediaStream }) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    video.srcObject = stream;
    video.play().catch(() => undefined); // muted video may play; if not, the first frame stands
    return () => {
      video.srcObject = null;
    };
  }, [stream]);
  return <video ref={element} class="picture" muted playsInline aria-label="Live picture" />;
}

function paintTile(canvas: HTMLCanvasElement, tile: Tile): void {
  const context = canvas.getContext('2d');
  if (!context || tile.rgb.length < 32 * 24 * 3) return;
  const pixels = context.createImageData(32, 24);
  for (let i = 0; i < 32 * 24; i++) {
    pixels.data.set(tile.rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}

/** A watcher sees the newest thumbnail: pictures are not forwarded. */
function WatchedPicture() {
  const { model } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const tile = model.ribbon.value.tiles.at(-1);
  useEffect(() => {
    if (canvas.current && tile) paintTile(canvas.current, tile);
  }, [tile]);
  return (
    <canvas
      ref={canvas}
      class="picture coarse"
      width={32}
      height={24}
      role="img"
      aria-label="Newest picture of the watched session"
    />
  );
}

function PlaybackPicture() {
  const { actions, model } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    actions.playbackCanvas(canvas.current);
    return () => actions.playbackCanvas(null);
  }, [actions]);
  return (
    <div class="playback" data-state={model.playback.value}>
      <canvas ref={canvas} class="picture" role="img" aria-label="Playback" />
      <span class="badge">{model.playback.value === 'loading' ? 'Loading…' : 'Playing the selection'}</span>
      <button type="button" class="button small over" onClick={actions.stopPlayback}>
        <Icon name="stop" /> Back to live
      </button>
    </div>
  );
}

function Start() {
  const { actions, model } = useApp();
  const { error } = model.source.value;
  const hopeless = error?.code === 'ERR_CLIENT_INSECURE'; // trying again here will end the same way
  return (
    <div class="start" data-state={error ? error.code : 'idle'}>
      {error ? (
        <p class="problem" role="alert">
          {error.message}
        </p>
      ) : (
        <p class="lead">Show it something. Correct it. It learns from both picture and sound.</p>
      )}
      <div class="start-buttons">
        <button type="button" class={`button ${hopeless ? '' : 'primary'}`} onClick={actions.startCamera}>
          <Icon name="camera" /> {error ? 'Try the camera again' : 'Use my camera'}
        </button>
        <button type="button" class={`button ${hopeless ? 'primary' : ''}`} onClick={actions.startDemo}>
          <Icon name="play" /> Try the demo
        </button>
      </div>
      <button
        type="button"
        class="link"
        onClick={() => {
          model.dialog.value = { kind: 'preflight' };
        }}
      >
        Check everything first
      </button>
      {!error && <p class="hint">The demo needs no camera: four moving shapes, each with its own sound.</p>}
    </div>
  );
}

function SenseSwitch({ modality, state }: { readonly modality: Modality; readonly state: SenseState }) {
  const { actions } = useApp();
  const pressed = state === 'on' || state === 'muted';
  return (
    <button
      type="button"
      class={`button small ${state === 'on' ? '' : 'off'}`}
      aria-pressed={pressed}
      aria-label={modality === 'audio' ? 'Sound on' : 'Picture on'}
      disabled={state === 'absent' || state === 'ended'}
      onClick={() => actions.enable(modality, !pressed)}
    >
      <Icon name={modality === 'audio' ? 'microphone' : 'camera'} />
      {senseText(modality, state)}
    </button>
  );
}

function SourceBar() {
  const { actions, model } = useApp();
  const source = model.source.value;
  if (source.kind === 'none') return null;
  const lost = source.audio === 'ended' || source.video === 'ended';
  const other = source.kind === 'demo' ? actions.startCamera : actions.startDemo;
  return (
    <fieldset class="source-bar" aria-label="Source">
      {source.stream && <SenseSwitch modality="audio" state={source.audio} />}
      {source.stream && <SenseSwitch modality="video" state={source.video} />}
      {lost && (
        <button type="button" class="button small primary" onClick={actions.startCamera}>
          Start again
        </button>
      )}
      <span class="grow" />
      {!lost && (
        <button type="button" class="button small ghost" onClick={other}>
          {source.kind === 'demo' ? 'Use my camera' : 'Try the demo'}
        </button>
      )}
      <button type="button" class="button small ghost" onClick={actions.stopSource}>
        <Icon name="stop" /> Stop
      </button>
    </fieldset>
  );
}

export function Stage() {
  const { model } = useApp();
  const source = model.source.value;
  const note = source.stream ? sensesText(source, source.missing?.code ?? null) : null;
  return (
    <section
      class="stage panel"
      aria-label="Live"
      data-state={source.starting ? 'starting' : source.kind}
      data-path={source.path ?? ''}
    >
      <div class="screen">
        {source.stream && <Video stream={source.stream} />}
        {model.watching && <WatchedPicture />}
        {!model.watching && source.kind === 'none' && <Start />}
        {source.starting && (
          <p class="lead">
            Starting…{source.kind === 'camera' && ' the browser may ask for your permission.'}
          </p>
        )}
        {source.stream && source.video !== 'on' && (
          <div class="blank">{senseText('video', source.video)}</div>
        )}
        {model.playback.value !== 'none' && <PlaybackPicture />}
        {note && (
          <p class="note" role="status">
            {note}
          </p>
        )}
      </div>
      {model.watching ? <WatchedBar /> : <SourceBar />}
      {source.kind === 'demo' && <DemoControls />}
    </section>
  );
}
