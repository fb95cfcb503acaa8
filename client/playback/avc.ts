/** What a WebCodecs decoder has to be told of H264, which says it itself in its first key frame. Pure. */

const SPS = 7; // NAL unit type of a sequence parameter set (ITU-T H.264, table 7-1)

/** Constrained baseline, level 3.1: what OBS and browsers send when nothing else was agreed. */
export const DEFAULT_AVC = 'avc1.42e01f';

/** "avc1.42e01f" from the first sequence parameter set in Annex B data, or the default where it holds none. */
export function avcCodec(data: Uint8Array): string {
  for (let i = 0; i + 6 < data.length; i++) {
    const isStart = data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1;
    if (!isStart || ((data[i + 3] ?? 0) & 0x1f) !== SPS) continue;
    const profile = [...data.subarray(i + 4, i + 7)];
    return `avc1.${profile.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }
  return DEFAULT_AVC;
}
