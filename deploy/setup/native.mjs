/**
 * The native parts: each has its own fallback, none can stop the start. What came of them goes to
 * node_modules/.counterpoise/native.json, from which the server says why it uses which backend.
 *
 * Run by itself (`node deploy/setup/native.mjs`) it tries parts again that could not be had before.
 */
import { readFileSync } from 'node:fs';
import { BUILD_TOOLS, findProgram } from './native/build-addon.mjs';
import { ensureMediasoup, mediasoupAsked } from './native/mediasoup.mjs';
import { ensureTfjsNode } from './native/tfjs-node.mjs';
import { isEntry, nativeFile } from './paths.mjs';
import { writeWhole } from './stamps.mjs';

const RETRY_AFTER_MS = 24 * 60 * 60 * 1000; // a blocked network must not delay every start

/**
 * What each part adds is said where it is made: {@link ensureTfjsNode}, {@link ensureMediasoup}.
 * @typedef {{state: string, detail: string, remedy: string | null, checkedAt: string, asked?: string, path?: string, route?: string}} PartReport
 * @typedef {Record<string, PartReport>} NativeReport
 */

/** One entry per part: its name in the report, what it depends on, how it is had, what is said where it is missing. */
const PARTS = [
  {
    name: 'tfjsNode',
    // An installed compiler is a reason to try again at once.
    asked: () =>
      [
        process.env.COUNTERPOISE_BACKEND ?? '',
        process.env.COUNTERPOISE_TENSORFLOW ?? '',
        ...BUILD_TOOLS.filter((tool) => findProgram(tool)),
      ].join('|'),
    ensure: ensureTfjsNode,
    without: '', // the server's start line names the backend and why
  },
  {
    name: 'mediasoup',
    asked: mediasoupAsked,
    ensure: ensureMediasoup,
    without: 'WebRTC is not available here, live media goes over WebSocket only',
  },
];

/** @returns {NativeReport} {} before the first set-up */
export function readNativeReport() {
  try {
    return JSON.parse(readFileSync(nativeFile, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Whether a part that could not be had shall rest: asked in the same way less than a day ago.
 * @param {PartReport | undefined} last
 * @param {string} asked
 * @param {number} nowMs wall clock
 */
export function shallRest(last, asked, nowMs) {
  return (
    last?.state === 'missing' && last.asked === asked && nowMs - Date.parse(last.checkedAt) < RETRY_AFTER_MS
  );
}

/**
 * @param {{again?: boolean}} [options] again: try also what failed a short time ago
 * @returns {Promise<NativeReport>}
 */
export async function ensureNativeParts({ again = false } = {}) {
  const last = readNativeReport();
  /** @type {NativeReport} */
  const report = {};
  for (const { name, asked, ensure, without } of PARTS) {
    const before = last[name];
    const now =
      before && !again && shallRest(before, asked(), Date.now())
        ? before
        : { ...(await ensure()), checkedAt: new Date().toISOString(), asked: asked() };
    if (now.state === 'missing' && without) console.error(`  --  ${without}. To change that: ${now.remedy}`);
    report[name] = now;
  }
  writeWhole(nativeFile, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

if (isEntry(import.meta.url)) console.log(JSON.stringify(await ensureNativeParts({ again: true }), null, 2));
