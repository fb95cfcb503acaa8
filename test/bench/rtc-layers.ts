/** What the choice of a temporal layer spares: a camera of 30 pictures a second in three layers, before and after. */
import { catchError, EMPTY } from 'rxjs';
import type { LinkTrack } from '../../proto/messages.ts';
import { WireClient } from '../../server/cli/wire-client.ts';
import { workerBinary } from '../support/sfu.ts';
import { withCodedCamera } from './coded-camera.ts';
import { Gateway } from './gateway.ts';
import type { BenchOptions } from './lag-cli.ts';
import { type Figure, type Measured, skipped } from './report.ts';
import { RtcPage } from './rtc-page.ts';
import { sleep } from './session-end.ts';

const FPS = 30;
const BITRATE = 1_200_000;
const SETTLE_SECONDS = { whole: 10, quick: 6 };
const SECONDS = { whole: 20, quick: 6 };

type Phase = {
  readonly tracks: readonly LinkTrack[];
  /** Processor time of the decoders' threads for each second, milliseconds. */
  readonly threads: number;
};

async function phase(
  gateway: Gateway,
  tracks: readonly LinkTrack[],
  { quick }: BenchOptions,
): Promise<Phase> {
  await sleep(1e3 * (quick ? SETTLE_SECONDS.quick : SETTLE_SECONDS.whole));
  const [from, before] = [tracks.length, await gateway.usage()];
  await sleep(1e3 * (quick ? SECONDS.quick : SECONDS.whole));
  const after = await gateway.usage();
  const threads = (after.decoderThreads - before.decoderThreads) / ((after.at - before.at) / 1e3);
  return { tracks: tracks.slice(from), threads };
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;

const figuresOf = (name: string, { tracks, threads }: Phase): readonly Figure[] => [
  { name: `${name}: decode time`, value: mean(tracks.map(({ decodeMs }) => decodeMs)), unit: 'ms/s' },
  { name: `${name}: CPU of the decoders' threads`, value: threads, unit: 'ms/s' },
  {
    name: `${name}: pictures decoded`,
    value: mean(tracks.map(({ decodedPerSecond }) => decodedPerSecond)),
    unit: '/s',
  },
];

/** Every second's report of the pictures of the newest session, from now on. The caller closes the client. */
async function watchPictures(url: string) {
  const { client } = await WireClient.connect({
    ...{ url, token: null, sessionName: '', pace: 'live', by: 'bench', role: 'watch' },
  });
  const tracks: LinkTrack[] = [];
  client
    .of('health')
    .pipe(catchError(() => EMPTY)) // it was closed: what came so far counts
    .subscribe(({ link }) =>
      tracks.push(...(link?.tracks ?? []).filter(({ modality }) => modality === 'video')),
    );
  return { client, tracks };
}

/** @returns decode time of a stream with and without the choice. */
export async function rtcLayers(options: BenchOptions): Promise<Measured> {
  if ((await workerBinary()) === null) return skipped('no media worker on this machine');
  const gateway = await Gateway.start({ flags: ['--rtc-workers', '1'] });
  try {
    const [before, after] = await withCodedCamera(FPS, async (camera) => {
      const page = await RtcPage.open({ camera, fps: FPS, layers: true, bitrate: BITRATE });
      try {
        await gateway.chooseLayers(false);
        await page.answer(await gateway.whip('layers', await page.offer()));
        const { client, tracks } = await watchPictures(gateway.url);
        const all = await phase(gateway, tracks, options);
        await gateway.chooseLayers(true);
        const chosen = await phase(gateway, tracks, options);
        client.close();
        return [all, chosen] as const;
      } finally {
        await page.close();
      }
    });
    return {
      what:
        `Chromium with a fake camera of 320x240@${FPS}, VP8 in three temporal layers (L1T3). Decode time is what the server's ` +
        'health says: from a unit to its 96x96 picture, waiting included',
      figures: [...figuresOf('every layer', before), ...figuresOf('chosen layer', after)],
      detail: { before, after },
    };
  } finally {
    await gateway.close();
  }
}
