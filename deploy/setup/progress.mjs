/** What the set-up is doing, how far it is and how long it may take: one line that lives, or lines in a log. */

const LOG_EVERY_MS = 15_000;

/**
 * @typedef {object} Step
 * @property {(detail: string) => void} update how far it is
 * @property {(detail?: string) => void} done
 * @property {(detail: string) => void} failed the set-up goes on or stops: the caller's choice
 */

/**
 * Announces a step at once, so that nobody looks at a silent terminal.
 * @param {string} title what is done, e.g. `packages`
 * @param {string} expectation what it costs, e.g. `about 40 s, 300 MB`
 * @param {NodeJS.WriteStream} [stream]
 * @returns {Step}
 */
export function startStep(title, expectation, stream = process.stderr) {
  const started = Date.now();
  const live = stream.isTTY === true && !process.env.CI;
  let loggedAt = started;
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const line = (/** @type {string} */ text) => {
    stream.write(live ? `\r\x1b[K${text.slice(0, (stream.columns || 100) - 1)}` : `${text}\n`);
  };
  line(`  ..  ${title}: ${expectation}`);
  return {
    update(detail) {
      if (!live && Date.now() - loggedAt < LOG_EVERY_MS) return;
      loggedAt = Date.now();
      line(`  ..  ${title}: ${detail}, ${seconds()} (${expectation})`);
    },
    done(detail) {
      line(`  ok  ${title}: ${detail ? `${detail}, ` : ''}${seconds()}`);
      if (live) stream.write('\n');
    },
    failed(detail) {
      line(`  !!  ${title}: ${detail}`);
      if (live) stream.write('\n');
    },
  };
}

/**
 * @param {number} bytes
 * @returns {string} e.g. `143 MB`
 */
export function megabytes(bytes) {
  return `${Math.round(Math.max(0, bytes) / 1e6)} MB`;
}
