import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { healthUrl } from '../../../deploy/healthcheck.mjs';
import { missingBuildPackages } from '../../../deploy/setup/native/mediasoup-build.mjs';
import { root } from '../../../deploy/setup/paths.mjs';
import { readConfig } from '../../../server/config.ts';

const read = (name: string): string => readFileSync(join(root, 'deploy', name), 'utf8');

type Instruction = { readonly word: string; readonly rest: string };

/** Joins continued lines and leaves comments out. */
function instructions(text: string): Instruction[] {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => ({ word: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1).trim() }));
}

const all = instructions(read('Dockerfile'));
const words = all.map((line) => line.word);
const last = all.slice(words.lastIndexOf('FROM'));
const restOf = (word: string): string => last.find((line) => line.word === word)?.rest ?? '';

describe('Dockerfile', () => {
  it('has only instructions that Docker knows and starts with FROM', () => {
    const known = ['FROM', 'RUN', 'WORKDIR', 'ENV', 'COPY', 'USER', 'VOLUME', 'EXPOSE', 'HEALTHCHECK', 'CMD'];
    expect(words.filter((word) => !known.includes(word))).toEqual([]);
    expect(words[0]).toBe('FROM');
  });

  it('copies only what is in the repository and not ignored', () => {
    const ignored = read('Dockerfile.dockerignore');
    const sources = all
      .filter((line) => line.word === 'COPY' && !line.rest.startsWith('--from'))
      .flatMap((line) => line.rest.split(/\s+/).slice(0, -1));
    expect(sources).toContain('server');
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true);
      expect(ignored.split('\n'), source).toContain(`!${source}`);
    }
  });

  it('installs what the build of the WebRTC worker asks for', () => {
    const installed = all.find((line) => line.word === 'RUN')?.rest.split(/\s+/) ?? [];
    expect(installed).toEqual(expect.arrayContaining(missingBuildPackages({ PATH: '' })));
  });

  it('copies from a stage that exists', () => {
    const stages = all.flatMap((line) => /AS (\S+)$/.exec(line.rest)?.[1] ?? []);
    const used = all.flatMap((line) => /^--from=(\S+)/.exec(line.rest)?.[1] ?? []);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !stages.includes(name))).toEqual([]);
  });

  it('stays on glibc in both stages', () => {
    const images = all.filter((line) => line.word === 'FROM').map((line) => line.rest);
    expect(images.every((image) => /^node:22-bookworm/.test(image))).toBe(true);
  });

  it('runs as node, in exec form, on the pinned Node', () => {
    expect(restOf('USER')).toBe('node');
    for (const command of [restOf('CMD'), restOf('HEALTHCHECK').replace(/^.*CMD /, '')]) {
      const [program, ...args]: string[] = JSON.parse(command);
      expect(program).toBe('node_modules/node/bin/node');
      const file = args.find((arg) => !arg.startsWith('-')) ?? '';
      expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it('sets an environment that the server takes: token and TLS beyond loopback', () => {
    const env = Object.fromEntries(
      restOf('ENV')
        .split(/\s+/)
        .map((pair) => pair.split('=')),
    );
    expect(readConfig([], env)).toMatchObject({
      config: {
        host: '0.0.0.0',
        port: 7600,
        dataFolder: '/data',
        access: 'token',
        tls: { type: 'generated' },
      },
    });
    expect(healthUrl(env)).toBe('https://127.0.0.1:7600/healthz');
  });
});

describe('example.env', () => {
  it('names only what the program reads', () => {
    const names = [...read('example.env').matchAll(/^#?(COUNTERPOISE_[A-Z_]+)=/gm)].map(
      (match) => match[1] ?? '',
    );
    const readers = [
      'server/config/options.ts',
      'server/config/backbones.ts',
      'deploy/setup/paths.mjs',
      'deploy/setup/native/tfjs-node.mjs',
      'deploy/setup/native/mediasoup.mjs',
      'deploy/compose.yaml',
    ]
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    expect(names).toContain('COUNTERPOISE_TOKEN');
    expect(names.filter((name) => !readers.includes(name))).toEqual([]);
  });
});

describe('compose.yaml', () => {
  it('publishes on loopback by default and gives up every privilege', () => {
    const text = read('compose.yaml');
    // Biome reads the dollar as a template's; it is compose's own.
    expect(text).toContain(['"$', '{COUNTERPOISE_PUBLISH:-127.0.0.1}:7600:7600"'].join(''));
    expect(text).toMatch(/cap_drop:\n +- ALL/);
    expect(text).toContain('no-new-privileges:true');
    expect(text).toContain('read_only: true');
    expect(text).not.toContain('\t');
  });
});

describe('healthUrl', () => {
  it.each([
    [{}, 'http://127.0.0.1:7600/healthz'],
    [{ COUNTERPOISE_HOST: '127.0.0.1', COUNTERPOISE_PORT: '80' }, 'http://127.0.0.1:80/healthz'],
    [{ COUNTERPOISE_TLS_CERT: 'cert.pem' }, 'https://127.0.0.1:7600/healthz'],
    [{ COUNTERPOISE_HOST: '192.0.2.1' }, 'https://127.0.0.1:7600/healthz'],
  ])('of %j is %s', (env, expected) => {
    expect(healthUrl(env)).toBe(expected);
  });
});
