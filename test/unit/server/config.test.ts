import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, configHelp, isLoopback, readClientConfig, readConfig } from '../../../server/config.ts';
import { ConfigError } from '../../../server/errors.ts';

const FOLDER = join('/', 'somewhere');
const TOKEN = 'abcdefghijklmnopqrstuvwx';

function config(args: readonly string[] = [], env: Record<string, string> = {}): Config {
  const read = readConfig(args, env, FOLDER);
  if (read.type !== 'config') throw new Error('expected settings, got the help text');
  return read.config;
}

function codeOf(args: readonly string[], env: Record<string, string> = {}): string {
  try {
    config(args, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.code;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('readConfig', () => {
  it('has defaults that only this machine can reach', () => {
    expect(config()).toEqual({
      backbones: { video: null, audio: null },
      port: 7600,
      host: '127.0.0.1',
      dataFolder: join(FOLDER, 'data'),
      project: 'default',
      backend: 'auto',
      tls: null,
      access: 'open',
      token: null,
      allowedHosts: [],
      seed: 20230620,
      policy: 'uni-modal-pmr',
      shadow: 'auto',
      fusion: null,
      init: null,
      rtc: {
        port: 7601,
        workers: 2,
        announcedAddress: null,
        audioBias: { webrtc: 15_000, websocket: 6_500 },
      },
    });
  });

  it.each(['concat', 'sum', 'film', 'gated'])('takes --fusion %s, by flag or environment', (fusion) => {
    expect(config(['--fusion', fusion]).fusion).toBe(fusion);
    expect(config([], { COUNTERPOISE_FUSION: fusion }).fusion).toBe(fusion);
  });

  it.each(['starter', 'random'])('takes --init %s, by flag or environment', (init) => {
    expect(config(['--init', init]).init).toBe(init);
    expect(config([], { COUNTERPOISE_INIT: init }).init).toBe(init);
  });

  it('names the beginnings there are where another is asked for', () => {
    expect(codeOf(['--init', 'zeros'])).toBe('ERR_CONFIG_VALUE');
    expect(() => config(['--init', 'zeros'])).toThrow(/"zeros", expected starter or random/);
  });

  it('names the fusions there are where another is asked for', () => {
    expect(codeOf(['--fusion', 'mixed'])).toBe('ERR_CONFIG_VALUE');
    expect(() => config(['--fusion', 'mixed'])).toThrow(/"mixed", expected concat, sum, film, gated/);
  });

  it('gives a frozen Config', () => {
    expect(Object.isFrozen(config())).toBe(true);
  });

  it('takes a flag before the environment, the environment before the default', () => {
    const env = { COUNTERPOISE_PORT: '8000', COUNTERPOISE_PROJECT: 'kitchen', COUNTERPOISE_BACKEND: '' };
    expect(config(['--port', '0'], env)).toMatchObject({ port: 0, project: 'kitchen', backend: 'auto' });
  });

  it('takes a policy by name or auto, and whether policies are compared', () => {
    expect(config(['--policy', 'auto', '--shadow', 'on'])).toMatchObject({ policy: 'auto', shadow: 'on' });
    expect(config([], { COUNTERPOISE_SHADOW: 'off' }).shadow).toBe('off');
  });

  it('keeps an absolute data folder and resolves a relative one', () => {
    expect(config(['--data', join('/', 'else')]).dataFolder).toBe(join('/', 'else'));
    expect(config([], { COUNTERPOISE_DATA: 'here' }).dataFolder).toBe(join(FOLDER, 'here'));
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'box.lan', '[::]'])('asks for token and TLS on %s', (host) => {
    expect(config(['--host', host])).toMatchObject({ access: 'token', tls: { type: 'generated' } });
  });

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]'])('asks for neither on %s', (host) => {
    expect(config(['--host', host])).toMatchObject({ access: 'open', tls: null });
  });

  it('asks for the token once a proxy may bring strangers to loopback', () => {
    expect(config(['--allowed-hosts', 'counterpoise.example.org, Other.example.org'])).toMatchObject({
      access: 'token',
      tls: null,
      allowedHosts: ['counterpoise.example.org', 'other.example.org'],
    });
  });

  it('asks for the token once one is given', () => {
    expect(config([], { COUNTERPOISE_TOKEN: TOKEN })).toMatchObject({ access: 'token', token: TOKEN });
  });

  it('takes a certificate that is given instead of generating one', () => {
    const args = ['--host', '0.0.0.0', '--tls-cert', 'a.pem', '--tls-key', 'b.pem'];
    expect(config(args).tls).toEqual({
      type: 'files',
      cert: join(FOLDER, 'a.pem'),
      key: join(FOLDER, 'b.pem'),
    });
  });

  it('cannot describe an open address without token and TLS, whatever is set', () => {
    const value = fc.constantFrom(
      '',
      '0',
      '1',
      'false',
      'off',
      'none',
      'localhost',
      '0.0.0.0',
      '::',
      '10.0.0.1',
      TOKEN,
    );
    const names = ['HOST', 'TOKEN', 'ALLOWED_HOSTS', 'TLS_CERT', 'TLS_KEY', 'TLS', 'ACCESS', 'PORT'];
    const env = fc.record(Object.fromEntries(names.map((name) => [`COUNTERPOISE_${name}`, value])));
    fc.assert(
      fc.property(env, (settings) => {
        let found: Config;
        try {
          found = config([], settings);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          return;
        }
        if (!isLoopback(found.host)) {
          expect(found.access).toBe('token');
          expect(found.tls).not.toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['ERR_CONFIG_UNKNOWN', ['--prot', '7600']],
    ['ERR_CONFIG_UNKNOWN', ['7600']],
    ['ERR_CONFIG_UNKNOWN', ['--token', TOKEN]], // would stand in the process list
    ['ERR_CONFIG_VALUE', ['--port', '65536']],
    ['ERR_CONFIG_VALUE', ['--port=-1']],
    ['ERR_CONFIG_VALUE', ['--port', '1e3']],
    ['ERR_CONFIG_VALUE', ['--project', 'Kitchen']],
    ['ERR_CONFIG_VALUE', ['--project', '../other']],
    ['ERR_CONFIG_VALUE', ['--project', 'x'.repeat(49)]],
    ['ERR_CONFIG_VALUE', ['--backend', 'cuda']],
    ['ERR_CONFIG_VALUE', ['--host', 'a b']],
    ['ERR_CONFIG_VALUE', ['--allowed-hosts', 'https://example.org']],
    ['ERR_CONFIG_VALUE', ['--allowed-hosts', '*']],
    ['ERR_CONFIG_VALUE', ['--seed', '4294967296']],
    ['ERR_CONFIG_TLS', ['--tls-cert', 'a.pem']],
    ['ERR_CONFIG_TLS', ['--tls-key', 'a.pem']],
  ])('refuses with %s: %j', (code, args) => {
    expect(codeOf(args)).toBe(code);
  });

  it('refuses a token that was typed, without repeating it', () => {
    expect(codeOf([], { COUNTERPOISE_TOKEN: 'secret' })).toBe('ERR_CONFIG_VALUE');
    expect(() => config([], { COUNTERPOISE_TOKEN: 'secret' })).toThrow(/6 characters/);
    expect(() => config([], { COUNTERPOISE_TOKEN: 'secret' })).not.toThrow(/secret/);
  });

  it('says what to do about a refused value', () => {
    expect(() => config(['--port', 'abc'])).toThrow(/"abc".*0 to 65535.*COUNTERPOISE_PORT/);
  });

  it('answers --help with every option, its environment name and default', () => {
    const read = readConfig(['--help'], {}, FOLDER);
    expect(read).toEqual({ type: 'help', text: configHelp() });
    expect(configHelp()).toContain('--port N');
    expect(configHelp()).toContain('(COUNTERPOISE_PORT, default 7600)');
    expect(configHelp()).not.toContain('--token');
  });
});

describe('readClientConfig', () => {
  it('points at the default server', () => {
    expect(readClientConfig({})).toEqual({ url: 'ws://127.0.0.1:7600/ws', token: null });
  });

  it('follows the environment', () => {
    expect(readClientConfig({ COUNTERPOISE_PORT: '8000' }).url).toBe('ws://127.0.0.1:8000/ws');
    expect(readClientConfig({ COUNTERPOISE_URL: 'wss://box.lan/ws', COUNTERPOISE_TOKEN: TOKEN })).toEqual({
      url: 'wss://box.lan/ws',
      token: TOKEN,
    });
  });
});

describe('isLoopback', () => {
  it.each([
    ['localhost', true],
    ['LOCALHOST', true],
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['[::1]', true],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['0.0.0.0', false],
    ['128.0.0.1', false],
    ['::', false],
    ['', false],
  ])('%j: %j', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
