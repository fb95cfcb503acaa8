/**
 * What a server made of a session's sound and picture: its ribbon played back over the wire, decoded as the product decodes.
 */
import { firstValueFrom, takeWhile, toArray } from 'rxjs';
import type { PlaybackPart } from '../../proto/messages.ts';
import { type Micros, micros } from '../../proto/units.ts';
import type { WireClient } from '../../server/cli/wire-client.ts';
import { systemClock } from '../../server/clock.ts';
import { AudioIngest } from '../../server/ingest/audio-ingest.ts';
import { VideoIngest } from '../../server/ingest/video-ingest.ts';
import { AUDIO_RATE, PICTURE_SIZE } from '../../src/features/spec.ts';
import type { PcmChunk, Picture } from '../../src/media.ts';
import {
  beepOnsets,
  type FlashEvent,
  flashOnsets,
  pairEvents,
  type StampedLuma,
  type StampedSound,
} from './flash-events.ts';

/** What of a span is on the ribbon: tracks, units, and the end. */
export async function playBack(
  client: WireClient,
  sessionId: string,
  start: Micros,
  end: Micros,
): Promise<readonly PlaybackPart['part'][]> {
  const request = Math.floor(end / 1e3);
  const parts = firstValueFrom(
    client.of('playback-part').pipe(
      takeWhile(({ request: of, part }) => of !== request || part.type !== 'end', true),
      toArray(),
    ),
  );
  client.send({ type: 'playback', request, sessionId, start, end });
  return (await parts).filter(({ request: of }) => of === request).map(({ part }) => part);
}

/** @param bias as the server's own for the way that the media came. */
export async function ribbonEvents(
  parts: readonly PlaybackPart['part'][],
  bias: Micros,
): Promise<readonly FlashEvent[]> {
  const pictures: StampedLuma[] = [];
  const sound: StampedSound[] = [];
  const shared = { live: false, clock: systemClock, onShed: () => undefined, onDecoded: () => undefined };
  const onPicture = ({ at, rgb }: Picture): void => void pictures.push({ at, luma: middle(rgb) });
  const onPcm = ({ at, samples }: PcmChunk): void =>
    void sound.push({ at, rateHz: AUDIO_RATE, samples: samples.slice() });
  const video = new VideoIngest({ ...shared, onPicture, onNeedKey: () => undefined });
  const audio = new AudioIngest({ ...shared, onPcm });
  for (const part of parts) {
    if (part.type === 'track') {
      if (part.track.modality === 'audio') audio.configure(part.track, bias);
      else video.configure(part.track);
    }
    if (part.type === 'media') (part.unit.modality === 'audio' ? audio : video).push(part.unit);
  }
  await Promise.all([audio.drained(), video.drained()]);
  audio.close();
  video.close();
  return pairEvents(flashOnsets(pictures), beepOnsets(sound));
}

/** Mean green of the middle eighth of both sides. */
function middle(rgb: Uint8Array): number {
  const [from, to] = [(PICTURE_SIZE * 7) / 16, (PICTURE_SIZE * 9) / 16];
  let sum = 0;
  for (let y = from; y < to; y++)
    for (let x = from; x < to; x++) sum += rgb[3 * (y * PICTURE_SIZE + x) + 1] ?? 0;
  return sum / (to - from) ** 2;
}

/** The session's media clock, from its newest ping, as a watcher is told. */
export async function mediaNow(client: WireClient): Promise<Micros> {
  const pong = client.next('pong');
  client.send({ type: 'ping', id: 1, clientUs: 0, media: null, wall: null });
  const { media } = await pong;
  return media ?? micros(0);
}
