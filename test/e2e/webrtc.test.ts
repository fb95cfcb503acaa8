/** Real WebRTC from Chromium with fake devices, the ways round a network that blocks it, and several people at one stream. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CameraLoop, makeCameraLoop } from '../support/camera-loop.ts';
import { launchChromium } from '../support/chromium.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { workerBinary } from '../support/sfu.ts';
import { CLEAN, freePort, UdpRelay } from '../support/udp-relay.ts';
import { Person } from './person.ts';

const binary = await workerBinary();

let folder: string;
let loop: CameraLoop;
let server: TestServer;
let relay: UdpRelay;
let browser: Browser;
const faults: string[] = [];
const open: Page[] = [];

/** Takes candidates out of every answer before the browser sees them: what a firewall would do, without one. */
const without = (candidates: string): string => `{
  const apply = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return apply.call(this, { type, sdp: sdp.replace(/^a=candidate:\\S+ \\d+ (${candidates}) .*\\r\\n/gim, '') });
  };
}`;

/** Sends UDP through the relay, and leaves TCP as it is. */
const udpThrough = (port: number): string => `{
  const apply = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
    return apply.call(this, { type, sdp: sdp.replace(/^(a=candidate:\\S+ \\d+ udp \\d+ \\S+) \\d+/gim, '$1 ${port}') });
  };
}`;

const named = (name: string): string =>
  `localStorage.setItem('counterpoise.settings', ${JSON.stringify(JSON.stringify({ name }))})`;

/** A page of its own context: nothing is shared but the server. */
async function visit(query = '', script = '', size = { width: 1440, height: 1000 }): Promise<Person> {
  const context = await browser.newContext({ viewport: size, colorScheme: 'dark' });
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  if (script !== '') await page.addInitScript(script);
  await page.goto(`http://127.0.0.1:${server.running.port}/${query}`);
  open.push(page);
  return new Person(page, loop);
}

const transport = ({ page }: Person) => page.getByRole('status', { name: 'Transport' });
const way = (person: Person) => transport(person).getAttribute('data-transport');
const session = (person: Person) => transport(person).getAttribute('data-session');
const generation = async (person: Person) => Number(await transport(person).getAttribute('data-generation'));
/** Answers received in the last minute. */
const answers = async ({ page }: Person) =>
  Number(await page.getByRole('status', { name: 'Lag' }).getAttribute('data-count'));

async function start(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Use my camera' }).click();
}

/** Whatever it is: the loop covers the lens for a while, and it pauses between words. */
const ARRIVES = /^(live|dark|frozen|silent)$/;
const ABSENT = /^(missing|muted|none)$/;

async function arrives(person: Person, ...senses: readonly ('Sound' | 'Picture')[]): Promise<void> {
  for (const sense of senses)
    await expect.poll(() => person.state(sense), { timeout: 20_000 }).toMatch(ARRIVES);
}

/** More answers come. */
async function goesOn(person: Person, timeout = 10_000): Promise<void> {
  const before = await answers(person);
  await expect.poll(() => answers(person), { timeout }).toBeGreaterThan(before + 3);
}

/** Selects the newest moments on the ribbon, plays them, and sees something move. */
async function playsBack({ page }: Person): Promise<void> {
  const ribbon = page.getByRole('slider', { name: 'Ribbon of the last minute' });
  await expect
    .poll(async () => Number(await ribbon.getAttribute('data-tiles')), { timeout: 15_000 })
    .toBeGreaterThan(5);
  await ribbon.press('ArrowLeft');
  await page.getByRole('group', { name: 'Selection' }).getByRole('button', { name: 'Play' }).click();
  await expect
    .poll(() => page.evaluate<number>(PLAYED_LUMA), { timeout: 5000, interval: 50 })
    .toBeGreaterThan(3);
  await page.getByRole('button', { name: 'Back to live' }).click();
  await page.keyboard.press('Escape');
}

/** Runs in the page, as text because tests know no DOM types: the brightest pixel of the playback; 0 while there is none. */
const PLAYED_LUMA = `(() => {
  const canvas = document.querySelector('.playback canvas');
  if (!canvas || canvas.width === 0) return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let most = 0;
  for (let i = 0; i < data.length; i += 4) most = Math.max(most, data[i], data[i + 1], data[i + 2]);
  return most;
})()`;

/** Runs in a page: pushes the camera as H264 by WHIP, as OBS would, and resolves when it is connected. */
const PUSH_H264 = `(async () => {
  const peer = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
  for (const track of stream.getTracks()) {
    const transceiver = peer.addTransceiver(track, { direction: 'sendonly' });
    const { codecs } = RTCRtpSender.getCapabilities(track.kind);
    const h264 = codecs.filter(({ mimeType, sdpFmtpLine }) =>
      mimeType === 'video/H264' && sdpFmtpLine.includes('packetization-mode=1'));
    if (track.kind === 'video') transceiver.setCodecPreferences(h264);
  }
  await peer.setLocalDescription(await peer.createOffer());
  const headers = { 'content-type': 'application/sdp' };
  const response = await fetch('whip/studio', { method: 'POST', headers, body: peer.localDescription.sdp });
  await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  window.pushed = peer;
  return response.status;
})()`;

/** Process ids of the media worker, and of any other: children of this process, in which the server runs. */
function workers(): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const [, name = '', parent = ''] =
        /^\d+ \((.*)\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return name.startsWith('mediasoup') && Number(parent) === process.pid;
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'counterpoise-loop-'));
  if (binary === null) return;
  loop = await makeCameraLoop(folder, 1);
  const port = await freePort();
  server = await startServer(['--rtc-workers', '1', '--rtc-port', String(port)]);
  relay = await UdpRelay.open(1, port);
  if (!server.running.webrtc.available) throw new Error(`no WebRTC here: ${server.running.webrtc.reason}`);
  browser = await launchChromium({ fakeVideo: loop.video, fakeAudio: loop.audio });
});

afterEach(async () => {
  for (const page of open.splice(0)) await page.context().close();
  expect(faults.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  relay?.close();
  await server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(binary === null)('the page over WebRTC', () => {
  it('streams over UDP, and says what arrives', async () => {
    const person = await visit();
    await start(person);
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebRTC · UDP');
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    expect(await person.page.locator('.stage').getAttribute('data-path')).toBe('webrtc');
    const row = (name: string) => person.page.getByRole('row', { name });
    await expect.poll(() => row('Coded as').textContent()).toMatch(/Opus.*VP8 \d+×\d+/);
    await expect.poll(() => row('Arriving').textContent()).toMatch(/packets\/s.*fps/);
    await transport(person).scrollIntoViewIfNeeded();
    await person.screenshot('10-webrtc');
    await playsBack(person);
  });

  it('lets one sense go on when the other is switched off, and takes it back', async () => {
    const person = await visit();
    await start(person);
    await arrives(person, 'Sound', 'Picture');
    for (const [off, other] of [
      ['Sound', 'Picture'],
      ['Picture', 'Sound'],
    ] as const) {
      const button = person.page.getByRole('button', { name: `${off} on` });
      await button.click();
      await expect.poll(() => person.state(off), { timeout: 10_000 }).toMatch(ABSENT);
      await goesOn(person);
      expect(await person.state(other)).toMatch(ARRIVES);
      await button.click();
      await arrives(person, 'Sound', 'Picture');
      await goesOn(person);
    }
  });

  it('goes by TCP where UDP does not get through', async () => {
    const person = await visit('', without('udp'));
    await start(person);
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebRTC · TCP');
    await arrives(person, 'Sound', 'Picture');
    expect(await transport(person).textContent()).toContain('UDP did not get through');
    await transport(person).scrollIntoViewIfNeeded();
    await person.screenshot('11-webrtc-tcp');
  });

  it('goes by the WebSocket within five seconds where neither does, and comes back when asked', async () => {
    const person = await visit('', without('udp|tcp'));
    await start(person);
    const began = performance.now();
    await expect.poll(() => way(person), { timeout: 10_000, interval: 50 }).toBe('WebSocket');
    expect(performance.now() - began).toBeLessThan(5000);
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    expect(await transport(person).textContent()).toMatch(
      /did not connect within 4 s.*Let .*port \d+ of .*through/s,
    );
    await transport(person).scrollIntoViewIfNeeded();
    await person.screenshot('12-websocket');
    await person.page.getByRole('button', { name: 'Try WebRTC again' }).click();
    await expect.poll(() => generation(person)).toBe(2);
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebSocket');
    await goesOn(person);
  });

  it('moves to TCP when the network stops letting UDP through', async () => {
    relay.shape = CLEAN;
    const person = await visit('', udpThrough(relay.port));
    await start(person);
    await arrives(person, 'Sound', 'Picture');
    expect(await way(person)).toBe('WebRTC · UDP');
    await goesOn(person);
    const id = await session(person);
    relay.shape = { ...CLEAN, outage: true };
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebRTC · TCP');
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    expect(await session(person)).toBe(id);
  });

  it('comes back within three seconds of a killed worker, to the same session and ribbon', async () => {
    const person = await visit();
    await start(person);
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    const [before, id] = [await generation(person), await session(person)];
    const ribbon = person.page.getByRole('slider', { name: 'Ribbon of the last minute' });
    const tiles = Number(await ribbon.getAttribute('data-tiles'));
    for (const pid of workers()) process.kill(pid, 'SIGKILL');
    const killed = performance.now();
    await expect.poll(() => generation(person), { timeout: 3000, interval: 20 }).toBeGreaterThan(before);
    await expect.poll(() => way(person), { timeout: 3000, interval: 20 }).toBe('WebRTC · UDP');
    const seconds = ((performance.now() - killed) / 1e3).toFixed(2);
    process.stdout.write(`WebRTC is back ${seconds} s after the media worker was killed\n`);
    expect(Number(seconds)).toBeLessThan(3);
    await goesOn(person);
    await arrives(person, 'Sound', 'Picture');
    expect(await session(person)).toBe(id);
    expect(Number(await ribbon.getAttribute('data-tiles'))).toBeGreaterThan(tiles);
  });

  it('goes on in the same session under the name that a person gives', async () => {
    const person = await visit();
    await start(person);
    await arrives(person, 'Sound', 'Picture');
    const [before, id] = [await generation(person), await session(person)];
    await person.page.getByRole('button', { name: 'Settings' }).click();
    const dialog = person.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Your name on labels' }).fill('Cleo');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => generation(person), { timeout: 5000 }).toBe(before + 1);
    await expect.poll(() => way(person), { timeout: 5000 }).toBe('WebRTC · UDP');
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    expect(await session(person)).toBe(id);
  });

  it('streams the demo too', async () => {
    const person = await visit();
    await person.page.getByRole('button', { name: 'Try the demo' }).click();
    await expect.poll(() => way(person), { timeout: 10_000 }).toBe('WebRTC · UDP');
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
  });

  it('lets another person watch and correct, and shows both who said it', async () => {
    const host = await visit('', named('Ada'));
    await start(host);
    await arrives(host, 'Sound', 'Picture');
    await host.addClass('Door');
    await goesOn(host);
    const guest = await visit('?watch', named('Bo'));
    expect(await session(guest)).toBe(await session(host));
    await arrives(guest, 'Sound', 'Picture');
    await guest.page
      .getByRole('group', { name: 'Correct the answer' })
      .getByRole('button', { name: 'Door' })
      .click();
    const row = host.page.locator('.label-row').first();
    await expect.poll(() => row.textContent(), { timeout: 10_000 }).toMatch(/Door.*by Bo/);
    await expect
      .poll(() => guest.page.locator('.label-row').first().getAttribute('data-state'), { timeout: 10_000 })
      .toBe('saved');
    await transport(guest).scrollIntoViewIfNeeded();
    await guest.screenshot('13-watching');
    await guest.page.getByRole('link', { name: 'Back to my own' }).click();
    await guest.page.getByRole('link', { name: "Watch Ada's browser" }).waitFor();
  });

  it('lists what a WHIP client sends, and lets it be watched and played back', async () => {
    const studio = await visit();
    expect(await studio.page.evaluate(PUSH_H264)).toBe(201);
    const person = await visit();
    const entry = person.page.getByRole('list', { name: 'Other streams' }).getByRole('listitem').first();
    await expect
      .poll(() => entry.textContent(), { timeout: 15_000 })
      .toMatch(/studio.*WHIP.*live, WebRTC · UDP/);
    const link = entry.getByRole('link', { name: 'Watch studio' });
    await person.page.goto(`http://127.0.0.1:${server.running.port}/${await link.getAttribute('href')}`);
    await arrives(person, 'Sound', 'Picture');
    await goesOn(person);
    await expect
      .poll(() => person.page.getByRole('row', { name: 'Coded as' }).textContent(), { timeout: 10_000 })
      .toMatch(/Opus.*H264/);
    await person.screenshot('15-whip');
    await playsBack(person);
  });

  it('checks camera and connection, all green', async () => {
    const person = await visit();
    await person.page.getByRole('button', { name: 'Check camera and connection' }).click();
    const states = () =>
      person.page
        .locator('.check-line')
        .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-state')));
    await expect.poll(states, { timeout: 15_000 }).toEqual(Array(7).fill('good'));
    await person.screenshot('14-check');
    await person.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => way(person)).toBe('idle');
  });

  it('has one remedy for each line that is red', async () => {
    const refused = `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))`;
    const person = await visit('', `${refused};${without('udp|tcp')}`, { width: 390, height: 844 });
    await person.page.getByRole('button', { name: 'Check camera and connection' }).click();
    const red = person.page.locator('.check-line[data-state=bad]');
    const lines = () => red.evaluateAll((all) => all.map((line) => line.getAttribute('data-check')));
    await expect.poll(lines, { timeout: 15_000 }).toEqual(['permission', 'transport']);
    await expect.poll(() => red.locator('.remedy').count()).toBe(2);
    await person.screenshot('16-check-red');
  });
});
