/** The AudioWorklet of paths `page` and `plain`: mono blocks of 480 samples with the context's frame number. */

/** `frame`: number of the block's first sample since the context began. `samples` is transferred. */
export type PcmBlock = { readonly frame: number; readonly samples: Float32Array<ArrayBuffer> };

const BLOCK = 480;

class PcmTap extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK);
  #filled = 0;
  #frame = 0;

  override process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const length = channels[0]?.length ?? 0;
    for (let n = 0; n < length; n++) {
      if (this.#filled === 0) this.#frame = currentFrame + n;
      let sum = 0;
      for (const channel of channels) sum += channel[n] ?? 0;
      this.#block[this.#filled++] = sum / channels.length;
      if (this.#filled === BLOCK) this.#flush();
    }
    return true;
  }

  #flush(): void {
    const message: PcmBlock = { frame: this.#frame, samples: this.#block };
    this.port.postMessage(message, [this.#block.buffer]);
    this.#block = new Float32Array(BLOCK);
    this.#filled = 0;
  }
}

registerProcessor('pcm-tap', PcmTap);
