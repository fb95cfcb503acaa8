/**
 * Run in a child on the pinned Node, with MEDIASOUP_WORKER_BIN set: does this worker do what the server needs of it?
 * A worker can start, answer every request and still die of the first DTLS record (mediasoup-worker/CMakeLists.txt). So
 * two peers connect to it over loopback, one in each DTLS role and each with another SRTP suite. Each sends a key frame,
 * which must come out of the router decrypted, and must get the request for one that it can decrypt.
 * Exit code 0 says that the worker does all this; otherwise the last line says what it does not.
 */
import { createWorker } from 'mediasoup';
import {
  IceCandidate,
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceParameters,
  RTCIceTransport,
  RtpHeader,
} from 'werift';

const LIMIT_MS = 20_000; // 1 s on an idle machine; a starved one may take longer
const RESEND_MS = 100; // a packet or a request may come before the other side knows the stream
const ADDRESS = '127.0.0.1';
const PAYLOAD_TYPE = 96;
/** @type {Omit<import('mediasoup').types.RtpCodecParameters, 'payloadType'>} */
const VP8 = { mimeType: 'video/VP8', clockRate: 90_000, rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] };
/** The first packet of a frame (RFC 7741, 4.2), then a key frame's header (RFC 6386, 9.1): 16x16, no more follows. */
const KEY_FRAME = Buffer.from([0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0]);
const FEEDBACK = 206; // RTCP: payload-specific, of which the picture loss indication is one (RFC 4585, 6.3)

/**
 * What is tried: the role of the peer, and the number of its SRTP suite (RFC 5764, RFC 7714).
 * @type {readonly {role: 'client' | 'server', suite: 1 | 7, ssrc: number}[]}
 */
const PEERS = [
  { role: 'client', suite: 1, ssrc: 1001 }, // AES_CM_128_HMAC_SHA1_80
  { role: 'server', suite: 7, ssrc: 1002 }, // AEAD_AES_128_GCM
];

let stage = 'starting the worker';
// An unsettled promise inside either library shall not decide: this process ends with the verdict, or at the limit.
const limit = setTimeout(() => end(`${stage}: not done after ${LIMIT_MS / 1000} s`), LIMIT_MS);
process.on('uncaughtException', (error) => end(`${stage}: ${error.message}`));

try {
  const worker = await createWorker({ logLevel: 'none' });
  worker.on('died', (error) => end(`the worker died while ${stage}: ${error.message}`));
  const server = await worker.createWebRtcServer({ listenInfos: [{ protocol: 'udp', ip: ADDRESS }] });
  const router = await worker.createRouter({
    mediaCodecs: [{ ...VP8, kind: 'video', preferredPayloadType: PAYLOAD_TYPE }],
  });
  for (const peer of PEERS) await carry(router, server, peer);
  end('');
} catch (error) {
  // A request that was pending when the worker died is rejected before the worker's own event says why.
  setTimeout(() => end(`${stage}: ${error instanceof Error ? error.message : error}`), 500);
}

/**
 * One peer connects and sends until its frame has come out of the router and the request for one has come back.
 * @param {import('mediasoup').types.Router} router
 * @param {import('mediasoup').types.WebRtcServer} webRtcServer
 * @param {{role: 'client' | 'server', suite: 1 | 7, ssrc: number}} peer
 */
async function carry(router, webRtcServer, { role, suite, ssrc }) {
  stage = `connecting with a peer as DTLS ${role}`;
  const transport = await router.createWebRtcTransport({ webRtcServer });
  const dtls = await openPeer(transport, suite);
  dtls.role = role;
  const fingerprints = dtls.localParameters.fingerprints.map(({ value }) => ({
    algorithm: /** @type {const} */ ('sha-256'),
    value,
  }));
  const connected = new Promise((resolve, reject) =>
    transport.on('dtlsstatechange', (state) => {
      if (state === 'connected') resolve(undefined);
      else if (state === 'failed' || state === 'closed')
        reject(new Error(`the DTLS handshake ended as ${state}`));
    }),
  );
  await transport.connect({ dtlsParameters: { role, fingerprints } });
  await dtls.iceTransport.start();
  await Promise.all([dtls.start(), connected]);

  stage = `exchanging SRTP (suite ${suite})`;
  const asked = new Promise((done) =>
    dtls.onRtcp.subscribe((packet) => {
      if (packet.type === FEEDBACK) done(packet);
    }),
  );
  const { arrived, consumer } = await listen(router, transport, ssrc);
  let sequenceNumber = 1;
  const send = () => {
    const timestamp = sequenceNumber * 6000;
    const place = { payloadType: PAYLOAD_TYPE, sequenceNumber, timestamp, ssrc, marker: true };
    sequenceNumber += 1;
    // Both fail when the worker has died, which the handlers above report.
    dtls.sendRtp(KEY_FRAME, new RtpHeader(place)).catch(() => {});
    consumer.requestKeyFrame().catch(() => {});
  };
  const timer = setInterval(send, RESEND_MS);
  send();
  const [packet] = await Promise.all([arrived, asked]);
  clearInterval(timer);
  if (!packet.subarray(-KEY_FRAME.length).equals(KEY_FRAME)) throw new Error('the frame came out changed');
  transport.close();
}

/**
 * werift's half of a connection to the transport: ICE with its candidates, DTLS not yet started.
 * @param {import('mediasoup').types.WebRtcTransport} transport
 * @param {1 | 7} suite
 */
async function openPeer(transport, suite) {
  const gatherer = new RTCIceGatherer({
    useIpv4: true,
    useIpv6: false,
    additionalHostAddresses: [ADDRESS],
  });
  const ice = new RTCIceTransport(gatherer);
  const certificate = await RTCDtlsTransport.SetupCertificate();
  const dtls = new RTCDtlsTransport({}, ice, certificate, [suite]);
  const { usernameFragment, password } = transport.iceParameters;
  ice.setRemoteParams(new RTCIceParameters({ iceLite: true, usernameFragment, password }));
  ice.connection.iceControlling = true;
  const fingerprints = transport.dtlsParameters.fingerprints.map(
    ({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value),
  );
  dtls.setRemoteParams(new RTCDtlsParameters(fingerprints, 'auto'));
  await ice.gather();
  for (const { foundation, address, port, priority, protocol, type } of transport.iceCandidates)
    await ice.addRemoteCandidate(new IceCandidate(1, foundation, address, port, priority, protocol, type));
  await ice.addRemoteCandidate(undefined);
  return dtls;
}

/**
 * @param {import('mediasoup').types.Router} router
 * @param {import('mediasoup').types.WebRtcTransport} transport
 * @param {number} ssrc
 * @returns {Promise<{consumer: import('mediasoup').types.Consumer, arrived: Promise<Buffer>}>} and its first packet
 */
async function listen(router, transport, ssrc) {
  const codecs = [{ ...VP8, payloadType: PAYLOAD_TYPE }];
  const rtpParameters = { codecs, encodings: [{ ssrc }] };
  const producer = await transport.produce({ kind: 'video', rtpParameters });
  const tap = await router.createDirectTransport();
  const consumer = await tap.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
  return { consumer, arrived: new Promise((done) => consumer.once('rtp', (packet) => done(packet))) };
}

/** @param {string} failure '' when the worker has carried everything @returns {never} */
function end(failure) {
  clearTimeout(limit);
  console.log(failure || `DTLS in both roles and SRTP with ${PEERS.length} suites`);
  process.exit(failure ? 1 : 0);
}
