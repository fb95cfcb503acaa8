import { ortc } from 'mediasoup';
import { describe, expect, it } from 'vitest';

import { ROUTER_CODECS } from '../../../../server/sfu/codings.ts';
import { readOffer, tracksOf } from '../../../../server/sfu/offer.ts';
import { producerParameters } from '../../../../server/sfu/producer-parameters.ts';
import { ALL, CHROMIUM, GSTREAMER, OBS, WERIFT } from './offers.ts';

const parametersOf = (offer: string, modality: 'audio' | 'video') => {
  const track = tracksOf(readOffer(offer)).find((one) => one.modality === modality);
  if (!track) throw new Error(`no ${modality}`);
  return producerParameters(track);
};

describe('producerParameters', () => {
  it("are the offer's own numbers", () => {
    expect(parametersOf(CHROMIUM, 'video')).toMatchObject({
      mid: '2',
      codecs: [
        { mimeType: 'video/VP8', payloadType: 96 },
        { mimeType: 'video/rtx', payloadType: 97, parameters: { apt: 96 } },
      ],
      encodings: [{ ssrc: 286331153, rtx: { ssrc: 572662306 } }],
    });
    expect(parametersOf(WERIFT, 'audio')).toMatchObject({ mid: '0', encodings: [{}] });
    expect(parametersOf(GSTREAMER, 'audio').encodings).toEqual([{}]);
  });

  it('take every H264 profile for the one that the router names', () => {
    const main = GSTREAMER.replace('VP8/90000', 'VP9/90000'); // leaves H264 main
    for (const offer of [OBS, main])
      expect(parametersOf(offer, 'video').codecs[0]?.parameters).toEqual({
        'packetization-mode': 1,
        'profile-level-id': '42e01f',
      });
  });

  it.each(Object.entries(ALL))('pass for %s what mediasoup checks before it asks a worker', (_, offer) => {
    const capabilities = ortc.generateRouterRtpCapabilities(ROUTER_CODECS);
    for (const track of tracksOf(readOffer(offer))) {
      const parameters = producerParameters(track);
      ortc.validateAndNormalizeRtpParameters(parameters);
      const mapping = ortc.getProducerRtpParametersMapping(parameters, capabilities);
      expect(mapping.codecs.length).toBe(parameters.codecs.length);
    }
  });
});
