/** The container's health check: asks the server in this container; exit code 0 says that it answers and is well. */
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { pathToFileURL } from 'node:url';

const TIMEOUT_MS = 4000;

/**
 * Where the server of this environment answers. Beyond loopback, or with a certificate, it speaks TLS.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string}
 */
export function healthUrl(env) {
  const host = env.COUNTERPOISE_HOST || '127.0.0.1';
  const loopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  const scheme = loopback && !env.COUNTERPOISE_TLS_CERT ? 'http' : 'https';
  return `${scheme}://127.0.0.1:${env.COUNTERPOISE_PORT || '7600'}/healthz`;
}

/** @returns {Promise<number>} the HTTP status */
function ask() {
  const url = healthUrl(process.env);
  const send = url.startsWith('https') ? https : http;
  // The server's own certificate names its outward addresses, not the loopback that is asked here.
  const options = { timeout: TIMEOUT_MS, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const question = send(url, options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    question.on('timeout', () => question.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    question.on('error', reject);
    question.end();
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const status = await ask();
    if (status !== 200) throw new Error(`healthz answered ${status}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
