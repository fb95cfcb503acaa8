/** The source on the screen: camera or demo, started, muted, spoilt, stopped; and the way that it takes to the server. */
import type { ClientMessage, Link, Modality, Prediction, Welcome } from '../proto/messages.ts';
import { micros } from '../proto/units.ts';
import { Capture } from './capture/capture.ts';
import { deviceError, openDevices } from './capture/devices.ts';
import { MediaLink, type MediaPeer, type PeerEvents } from './capture/media-link.ts';
import { wishOf } from './capture/paths.ts';
import type { MediaSender } from './capture/sender.ts';
import { hasWebrtc, WebrtcPath } from './capture/webrtc-path.ts';
import { DemoSource } from './demo/source.ts';
import type { Spoil } from './demo/spoil.ts';
import { DemoTeacher } from './demo-teacher.ts';
import { ClientError } from './errors.ts';
import type { Labelling } from './labelling.ts';
import type { MediaClock } from './media-clock.ts';
import { NO_DEMO, NO_SOURCE, type ViewModel } from './model.ts';
import { pageNow } from './page-clock.ts';
import type { LinkState } from './state/link.ts';
import { linkView } from './state/link-view.ts';
import { type Senses, senseState } from './state/sense.ts';

export type StudioOptions = {
  readonly model: ViewModel;
  readonly sender: MediaSender;
  readonly labelling: Labelling;
  readonly send: (message: ClientMessage) => boolean;
  /** `?path=` of the page. */
  readonly wantedPath: string | null;
};

const sensesOf = (stream: MediaStream): Senses => ({
  audio: senseState(stream.getAudioTracks()[0]),
  video: senseState(stream.getVideoTracks()[0]),
});

export class Studio {
  readonly #options: StudioOptions;
  readonly link: MediaLink;
  #capture: Capture | null = null;
  #demo: DemoSource | null = null;
  #teacher: DemoTeacher | null = null;
  #clock: MediaClock | null = null;
  /** Counts starts, so that one overtaken by a later start or stop gives up. */
  #turn = 0;

  constructor(options: StudioOptions) {
    this.#options = options;
    this.link = new MediaLink({
      wish: wishOf(options.wantedPath),
      able: hasWebrtc(globalThis),
      send: options.send,
      openPeer: (events) => this.#openPeer(events),
      encode: (on) => this.#encode(on),
      changed: (state) => this.#linked(state),
    });
  }

  /** A connection was welcomed (its clock) or lost (null): capture encodes only while someone listens. */
  connected(clock: MediaClock | null, welcome: Welcome | null): void {
    this.#clock = clock;
    this.#options.sender.connected(clock, welcome?.media ?? micros(0));
    this.#capture?.live(clock !== null);
    this.link.connected(welcome?.webrtc ?? null);
  }

  /** What the server says that arrives, once a second. */
  heard(link: Link | null): void {
    const on = (modality: Modality): boolean => this.#capture?.isOn(modality) ?? false;
    this.link.heard(link, on('audio') || on('video'));
  }

  /** Connects without a source, to see whether that works, or ends the trial. A running source is trial enough. */
  trial(on: boolean): void {
    if (this.#capture === null) this.link.want(on);
  }

  key(): void {
    this.#capture?.key();
  }

  async startCamera(): Promise<void> {
    const turn = this.#begin('camera');
    const { model } = this.#options;
    try {
      const { stream, missing } = await openDevices(model.settings.value);
      this.#run(turn, stream, missing);
    } catch (cause) {
      this.#failed(turn, cause instanceof ClientError ? cause : deviceError(cause));
    }
  }

  async startDemo(): Promise<void> {
    const turn = this.#begin('demo');
    const { model, labelling } = this.#options;
    const demo = new DemoSource();
    this.#demo = demo;
    this.#teacher = new DemoTeacher({ model, labelling, source: demo });
    try {
      await demo.start();
      this.#run(turn, demo.stream, null);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#failed(
        turn,
        new ClientError('ERR_CLIENT_CAPTURE', `The demo could not be started: ${reason}`, { cause }),
      );
    }
  }

  /** Stops what runs; the session and its ribbon stay. */
  stop(): void {
    this.#turn += 1;
    this.#end();
    this.#options.model.source.value = NO_SOURCE;
  }

  /** The person's own mute switch. */
  enable(modality: Modality, on: boolean): void {
    this.#capture?.enable(modality, on);
  }

  spoil(spoil: Spoil): void {
    const { demo } = this.#options.model;
    this.#demo?.spoil(spoil);
    demo.value = { ...demo.value, spoil };
  }

  audible(on: boolean): void {
    const { demo } = this.#options.model;
    this.#demo?.audible(on);
    demo.value = { ...demo.value, audible: on };
  }

  /** Begins to label the demo with its own truth, or stops it. */
  teach(on: boolean): void {
    this.#teacher?.teach(on);
  }

  /** Twice a second. */
  tick(): void {
    this.#teacher?.tick(pageNow(), this.#clock);
  }

  /** Scores a prediction against the demo's truth. */
  score(prediction: Prediction): void {
    if (this.#clock) this.#teacher?.score(prediction, this.#clock);
  }

  close(): void {
    this.#turn += 1;
    this.#end();
  }

  #begin(kind: 'camera' | 'demo'): number {
    this.#end();
    this.#turn += 1;
    this.#options.model.source.value = { ...NO_SOURCE, kind, starting: true };
    return this.#turn;
  }

  #run(turn: number, stream: MediaStream, missing: ClientError | null): void {
    const { model, sender, wantedPath } = this.#options;
    if (turn !== this.#turn) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    const onTrack = (modality: Modality, on: boolean): void => this.#switched(modality, on);
    const capture = new Capture({ stream, sink: sender, onTrack, wantedPath });
    this.link.want(false); // a trial ends here
    this.#capture = capture;
    capture.live(this.#clock !== null);
    const { kind } = model.source.value;
    model.source.value = {
      kind,
      starting: false,
      stream,
      path: null,
      ...sensesOf(stream),
      error: null,
      missing,
    };
    this.link.want(true);
  }

  #openPeer(events: PeerEvents): MediaPeer {
    const capture = this.#capture;
    const [audio = null] = capture?.stream.getAudioTracks() ?? [];
    const [video = null] = capture?.stream.getVideoTracks() ?? [];
    const isOn = (modality: Modality): boolean => capture?.isOn(modality) ?? false;
    return new WebrtcPath({ tracks: { audio, video }, isOn, events });
  }

  #encode(on: boolean): void {
    const { sender, labelling } = this.#options;
    if (!on) sender.forgetTracks();
    this.#capture?.encode(on).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      labelling.say('error', `Sound and picture could not be encoded here: ${why}`);
    });
  }

  #linked(link: LinkState): void {
    const { model, labelling } = this.#options;
    const fellBack = link.phase === 'websocket' && model.link.value.phase !== 'websocket';
    model.link.value = link;
    const view = linkView(link, model.addresses.value);
    if (fellBack && view.canRetry && this.#capture) labelling.say('info', view.statement);
    const encoding = link.phase === 'websocket' ? (this.#capture?.path ?? null) : null;
    const path = link.phase === 'webrtc' ? 'webrtc' : encoding;
    if (this.#capture) model.source.value = { ...model.source.value, path };
  }

  /** A start came to nothing: whatever it has opened is closed again. */
  #failed(turn: number, error: ClientError): void {
    if (turn !== this.#turn) return;
    this.#end();
    this.#options.model.source.value = { ...NO_SOURCE, error };
  }

  #switched(modality: Modality, on: boolean): void {
    const { model, sender } = this.#options;
    if (!this.link.enable(modality, on)) {
      if (on) sender.reopenTrack(modality);
      else sender.closeTrack(modality);
    }
    const source = model.source.value;
    if (source.stream) model.source.value = { ...source, ...sensesOf(source.stream) };
  }

  #end(): void {
    this.link.want(false);
    this.#capture?.close();
    this.#demo?.close();
    this.#capture = null;
    this.#demo = null;
    this.#teacher = null;
    this.#options.model.demo.value = NO_DEMO;
  }
}
