/**
 * Reads every import and fails on a forbidden edge, so that the folders keep meaning what style.md says they mean.
 */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const IMPORT =
  /^(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+\.ts)['"]/gms;

type Edge = { readonly from: string; readonly to: string };

const sources = globSync('{proto,src,server,client,test}/**/*.{ts,tsx}', { cwd: root }).filter(
  (file) => !file.startsWith('proto/generated/'),
);

const edges: readonly Edge[] = sources.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map(([, a, b, c, d]) => {
    const target = a ?? b ?? c ?? d ?? '';
    return { from: file, to: target.startsWith('.') ? normalize(join(dirname(file), target)) : target };
  }),
);

const builtin = (target: string): boolean => target.startsWith('node:') || builtinModules.includes(target);
const ours = (target: string): boolean => /^(proto|src|server|client|test|deploy)\//.test(target);
const offenders = (forbidden: (edge: Edge) => boolean): string[] =>
  edges.filter(forbidden).map(({ from, to }) => `${from} imports ${to}`);
const only = (packageName: string, ...allowed: readonly RegExp[]): string[] =>
  offenders(
    ({ from, to }) =>
      (to === packageName || to.startsWith(`${packageName}/`)) &&
      !from.startsWith('test/') &&
      !allowed.some((folder) => folder.test(from)),
  );

/** Inside `src` a part imports only parts listed above it. */
const PARTS = ['rtp', 'pmr', 'model', 'pairing', 'features', 'evaluation', 'training'] as const;

describe('imports', () => {
  it('finds the sources at all', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(edges.length).toBeGreaterThan(200);
  });

  it('proto imports nothing of ours', () => {
    expect(
      offenders(({ from, to }) => from.startsWith('proto/') && ours(to) && !to.startsWith('proto/')),
    ).toEqual([]);
  });

  it('src imports only proto and itself, and no Node built-in', () => {
    const outward = ({ from, to }: Edge): boolean =>
      from.startsWith('src/') && (builtin(to) || (ours(to) && !/^(proto|src)\//.test(to)));
    expect(offenders(outward)).toEqual([]);
  });

  it('client imports proto and the tensor-free parts of src', () => {
    const outward = ({ from, to }: Edge): boolean =>
      from.startsWith('client/') &&
      ours(to) &&
      !/^(client|proto|src\/(media|clock|random|features|pairing))/.test(to);
    expect(offenders(outward).filter((edge) => !edge.startsWith('client/vite.config.ts'))).toEqual([]);
  });

  it('server never imports client, and nothing imports server/main.ts or test', () => {
    expect(offenders(({ from, to }) => from.startsWith('server/') && to.startsWith('client/'))).toEqual([]);
    expect(
      offenders(({ from, to }) => to === 'server/main.ts' && !/^(server\/cli\/|test\/)/.test(from)),
    ).toEqual([]);
    expect(offenders(({ from, to }) => to.startsWith('test/') && !from.startsWith('test/'))).toEqual([]);
  });

  it('pairing knows rxjs, media and units, and features know no tensor', () => {
    const pairing = ({ from, to }: Edge): boolean =>
      from.startsWith('src/pairing/') && !/^(rxjs$|proto\/units|src\/media|src\/pairing\/)/.test(to);
    expect(offenders(pairing)).toEqual([]);
    const tensors = ({ from, to }: Edge): boolean =>
      /^src\/(features|pairing|evaluation)\//.test(from) && to.startsWith('@tensorflow');
    expect(offenders(tensors)).toEqual([]);
  });

  it('rtp knows proto, media and clock alone, and no package', () => {
    const outward = ({ from, to }: Edge): boolean =>
      from.startsWith('src/rtp/') && !/^(proto\/|src\/(media|clock)\.ts$|src\/rtp\/)/.test(to);
    expect(offenders(outward)).toEqual([]);
  });

  it('training is imported by no other part of src', () => {
    const upward = ({ from, to }: Edge): boolean =>
      PARTS.some((part) => part !== 'training' && from.startsWith(`src/${part}/`)) &&
      to.startsWith('src/training/');
    expect(offenders(upward)).toEqual([]);
  });

  it('pretraining is imported by no other part of src, and knows no file and no test', () => {
    const upward = ({ from, to }: Edge): boolean =>
      from.startsWith('src/') && !from.startsWith('src/pretraining/') && to.startsWith('src/pretraining/');
    expect(offenders(upward)).toEqual([]);
    const outward = ({ from, to }: Edge): boolean =>
      from.startsWith('src/pretraining/') && (builtin(to) || to.startsWith('test/'));
    expect(offenders(outward)).toEqual([]);
  });

  it('each library has the one importer that style.md names', () => {
    expect(only('@tensorflow/tfjs-node', /^server\/compute\//)).toEqual([]);
    expect(only('ws', /^server\/signaling\//)).toEqual([]);
    expect(only('@napi-rs/webcodecs', /^server\/ingest\//, /^server\/cli\/media\//)).toEqual([]);
    expect(only('fastify', /^server\/http/)).toEqual([]);
    expect(only('node:sqlite', /^server\/store\//)).toEqual([]);
    expect(only('uplot', /^client\/(charts|styles|main)/)).toEqual([]);
  });

  it('only config.ts reads the environment', () => {
    const readers = sources.filter(
      (file) =>
        /^(src|server|proto)\//.test(file) && /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(readers).toEqual(['server/config.ts']);
  });
});
