/** The demo's sound: WebAudio events planned a little ahead of the moment they are heard. */
import { unreachable } from '../../proto/errors.ts';
import { random } from '../../src/random.ts';
import type { DemoSlot } from './schedule.ts';
import type { Spoil } from './spoil.ts';

const LEVEL = 0.3;
const EDGE_S = 0.03; // fade in and out: a click would be the same in every class

/** Two seconds of seeded white noise. */
function noiseBuffer(context: AudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, context.sampleRate * 2, context.sampleRate);
  const draw = random(20_260);
  const samples = buffer.getChannelData(0);
  for (let n = 0; n < samples.length; n++) samples[n] = 2 * draw.uniform() - 1;
  return buffer;
}

/** Owns its AudioContext; `stream` carries the sound to the capture path. */
export class DemoSound {
  readonly #context = new AudioContext();
  readonly #destination = this.#context.createMediaStreamDestination();
  readonly #voices = this.#context.createGain();
  readonly #noiseGain = this.#context.createGain();
  readonly #master = this.#context.createGain();
  readonly #speaker = this.#context.createGain();
  readonly #noise = noiseBuffer(this.#context);
  #closed = false;

  constructor() {
    this.#voices.gain.value = LEVEL;
    this.#noiseGain.gain.value = 0;
    this.#speaker.gain.value = 0;
    this.#voices.connect(this.#master);
    this.#noiseGain.connect(this.#master);
    this.#master.connect(this.#destination);
    this.#master.connect(this.#speaker).connect(this.#context.destination);
    const noise = this.#context.createBufferSource();
    noise.buffer = this.#noise;
    noise.loop = true;
    noise.connect(this.#noiseGain);
    noise.start();
  }

  get stream(): MediaStream {
    return this.#destination.stream;
  }
  /** Seconds of the audio clock. */
  get now(): number {
    return this.#context.currentTime;
  }

  resume(): Promise<void> {
    return this.#context.resume();
  }

  /** Lets the person hear it too. */
  audible(on: boolean): void {
    this.#speaker.gain.value = on ? 0.5 : 0;
  }

  spoil(spoil: Spoil): void {
    this.#master.gain.value = spoil.muted ? 0 : 1;
    this.#noiseGain.gain.value = spoil.noise ** 2 * 0.5;
  }

  /** Plans one slot, to be heard from `from` to `to` seconds of the audio clock. */
  play(slot: DemoSlot, from: number, to: number): void {
    const gain = this.#context.createGain();
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(1, from + EDGE_S);
    gain.gain.setValueAtTime(1, to - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, to);
    gain.connect(this.#voices);
    this.#voice(slot, from, to, gain);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#context.close();
  }

  #voice(slot: DemoSlot, from: number, to: number, out: GainNode): void {
    switch (slot.class.sound) {
      case 'chirp':
        this.#chirps(slot, from, to, out);
        return;
      case 'hum':
        this.#hum(slot, from, to, out);
        return;
      case 'beeps':
        this.#beeps(slot, from, to, out);
        return;
      case 'hiss':
        this.#hiss(slot, from, to, out);
        return;
      default:
        unreachable(slot.class.sound);
    }
  }

  #tone(kind: OscillatorType, from: number, to: number, out: AudioNode): OscillatorNode {
    const tone = this.#context.createOscillator();
    tone.type = kind;
    tone.connect(out);
    tone.start(from);
    tone.stop(to);
    return tone;
  }

  /** Rising sweeps, three a second. */
  #chirps(slot: DemoSlot, from: number, to: number, out: AudioNode): void {
    const period = 0.33 / slot.tempo;
    for (let at = from; at + period * 0.8 < to; at += period) {
      const sweep = this.#tone('sine', at, at + period * 0.8, out);
      sweep.frequency.setValueAtTime(500 * slot.pitch, at);
      sweep.frequency.exponentialRampToValueAtTime(2200 * slot.pitch, at + period * 0.8);
    }
  }

  /** A steady low buzz. */
  #hum(slot: DemoSlot, from: number, to: number, out: AudioNode): void {
    const low = this.#context.createBiquadFilter();
    low.type = 'lowpass';
    low.frequency.value = 900;
    low.connect(out);
    this.#tone('sawtooth', from, to, low).frequency.value = 150 * slot.pitch;
  }

  /** Short high tones, four a second. */
  #beeps(slot: DemoSlot, from: number, to: number, out: AudioNode): void {
    const period = 0.26 / slot.tempo;
    for (let at = from; at + 0.1 < to; at += period) {
      this.#tone('square', at, at + 0.1, out).frequency.value = 1050 * slot.pitch;
    }
  }

  /** Bursts of high noise, two a second. */
  #hiss(slot: DemoSlot, from: number, to: number, out: AudioNode): void {
    const band = this.#context.createBiquadFilter();
    band.type = 'highpass';
    band.frequency.value = 3200 * slot.pitch;
    band.connect(out);
    const period = 0.5 / slot.tempo;
    for (let at = from; at + period * 0.7 < to; at += period) {
      const burst = this.#context.createBufferSource();
      burst.buffer = this.#noise;
      burst.connect(band);
      burst.start(at, (slot.index % 7) * 0.1, period * 0.7);
    }
  }
}
