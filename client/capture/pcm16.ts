/** Sound as it goes over the wire without a codec: 16-bit little-endian PCM. */

/** Samples in [-1, 1] to bytes; what is outside is clipped. */
export function pcm16(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let n = 0; n < samples.length; n++) {
    const sample = Math.max(-1, Math.min(1, samples[n] ?? 0));
    view.setInt16(2 * n, Math.round(sample * 32_767), true);
  }
  return bytes;
}

/** Bytes to samples in [-1, 1]; an odd last byte is ignored. */
export function fromPcm16(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(bytes.byteLength >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let n = 0; n < samples.length; n++) samples[n] = view.getInt16(2 * n, true) / 32_767;
  return samples;
}
