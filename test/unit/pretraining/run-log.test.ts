import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { curve } from '../../../server/pretraining/curve.ts';
import { type LogEntry, RunLog } from '../../../server/pretraining/run-log.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'counterpoise-log-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const steps = (step: number): LogEntry => ({
  type: 'steps',
  step,
  loss: 10 / step,
  terms: { contrast: 5 / step, 'kinds & more': 5 / step },
  gradientNorm: 1,
  rate: 1e-3,
  trainingMs: 1,
  renderingMs: 2,
});
const probe = (step: number): LogEntry => ({
  type: 'probe',
  step,
  prototype: 0.5,
  single: 0.4,
  kind: 0.3,
  measures: -0.2,
});

describe('RunLog', () => {
  it('cuts off what was written after the state, and a last line that is not whole', async () => {
    const path = join(root, 'log.jsonl');
    const first = await RunLog.open(path, 0);
    for (const entry of [probe(0), steps(10), steps(20), probe(20), steps(30)]) await first.add(entry);
    await appendFile(path, '{"type":"steps","st');
    const again = await RunLog.open(path, 20);
    expect(again.entries).toEqual([probe(0), steps(10), steps(20), probe(20)]);
    expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(4);
    expect((await RunLog.open(path, 0)).entries).toEqual([]);
  });
});

describe('curve', () => {
  it('draws every term and every score, names written safely', () => {
    const svg = curve('a < b', [probe(0), steps(10), steps(20), probe(20)]);
    expect(svg).toContain('a &lt; b');
    expect(svg).toContain('kinds &amp; more');
    for (const name of ['loss', 'contrast', '5 labels', '1 label', 'measures', 'steps'])
      expect(svg).toContain(name);
    expect(svg.match(/stroke-width="2"/g)).toHaveLength(3 + 4);
    expect(svg).not.toContain('NaN');
  });

  it('draws a run of which nothing is known yet', () => {
    expect(curve('new', [])).not.toContain('NaN');
  });
});
