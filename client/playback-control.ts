/** Playback of a selected span: asks, collects, plays, gives the canvas back. */
import type { PlaybackPart } from '../proto/messages.ts';
import type { Connection } from './connection.ts';
import type { ViewModel } from './model.ts';
import { type Clip, collect, emptyClip } from './playback/clip.ts';
import { pictureProblem } from './playback/picture.ts';
import { Player } from './playback/player.ts';

export type PlaybackOptions = {
  readonly model: ViewModel;
  readonly connection: Connection;
  readonly say: (text: string) => void;
};

export class PlaybackControl {
  readonly #options: PlaybackOptions;
  #clip: Clip | null = null;
  #request = 0;
  #player: Player | null = null;
  #canvas: HTMLCanvasElement | null = null;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  /** Asks for the selected span; does nothing without one. */
  play(): void {
    const { model, connection } = this.#options;
    const selection = model.selection.value;
    if (selection === null) return;
    this.stop();
    this.#request += 1;
    this.#clip = emptyClip(this.#request);
    model.playback.value = 'loading';
    const sent = connection.send({
      type: 'playback',
      request: this.#request,
      sessionId: model.ribbon.value.sessionId,
      start: selection.start,
      end: selection.end,
    });
    if (!sent) {
      this.stop();
      this.#options.say('Playback needs the server: it is not connected.');
    }
  }

  stop(): void {
    this.#clip = null;
    this.#player?.close();
    this.#player = null;
    this.#options.model.playback.value = 'none';
  }

  canvas(canvas: HTMLCanvasElement | null): void {
    this.#canvas = canvas;
    this.#begin();
  }

  accept(part: PlaybackPart): void {
    if (this.#clip === null) return;
    this.#clip = collect(this.#clip, part);
    this.#begin();
  }

  /** Starts when the clip is whole and the canvas is there, whichever comes last. */
  #begin(): void {
    const clip = this.#clip;
    if (clip === null || !clip.whole || this.#canvas === null || this.#player) return;
    if (clip.start >= clip.end || clip.units.length === 0) {
      this.stop();
      this.#options.say('Nothing of this span is left to play: the server keeps the last minute.');
      return;
    }
    this.#options.model.playback.value = 'playing';
    const player = new Player(clip, this.#canvas, () => {
      if (this.#player === player) this.stop();
    });
    this.#player = player;
    player.start().catch(() => this.stop());
    pictureProblem(clip).then(
      (problem) => problem !== '' && this.#options.say(problem),
      () => undefined, // a decoder that cannot even be asked about shows nothing either
    );
  }
}
