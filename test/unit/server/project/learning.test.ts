import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { millis } from '../../../../proto/units.ts';
import type { RoundResult } from '../../../../server/compute/ports.ts';
import { candidate, message, openProject, sample } from './open-project.ts';

describe('Learning', () => {
  it('promotes a candidate: staged, journaled, swapped in', async () => {
    const { project, next, learning, journal, registry, calls } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    const { request, finish } = await next();
    expect(request).toMatchObject({ round: 1, baseVersion: 0, lastSeq: 3, seed: 8, steps: 10 });
    finish(candidate);
    await learning.settled(millis(5000));
    expect(calls).toContain('swap 1');
    expect((await registry.list()).map(({ version }) => version)).toEqual([0, 1]);
    expect(journal.entries.map(({ event }) => event.type).slice(-2)).toEqual(['round', 'promotion']);
  });

  it('throws a candidate away when a label that it read was taken back meanwhile, and trains again', async () => {
    const { project, next, journal, calls } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    await project.label(message('b', 'clap'), '', [sample(1)]);
    const first = await next();
    await project.undo({ type: 'undo', id: 'u', labelId: 'a' });
    first.finish(candidate);
    const second = await next();
    expect(second.request.lastSeq).toBeGreaterThan(first.request.lastSeq);
    expect(calls.filter((call) => call.startsWith('swap'))).toEqual([]);
    expect(journal.entries.some(({ event }) => event.type === 'rejection')).toBe(true);
    second.finish(candidate);
  });

  it('trains by the policy that was chosen, and the journal keeps which', async () => {
    const { project, learning, next, journal } = await openProject();
    learning.choose('pmr-stream');
    await project.label(message('a', 'clap'), '', [sample(0)]);
    const { request, finish } = await next();
    expect(request.policy).toBe('pmr-stream');
    finish(candidate);
    await learning.settled(millis(5000));
    expect(journal.entries.map(({ event }) => event.type === 'round' && event.policy)).toContain(
      'pmr-stream',
    );
  });

  it('starts no round while encoders are frozen by choice', async () => {
    const { project, learning } = await openProject();
    learning.choose('frozen');
    await project.label(message('a', 'clap'), '', [sample(0)]);
    expect(await learning.settled(millis(5000))).toBe(true);
    const { phase, reason } = await firstValueFrom(learning.state$);
    expect([phase, reason]).toEqual(['idle', 'encoders are frozen by choice']);
  });

  it('throws a candidate away when another version was put in service meanwhile', async () => {
    const { project, learning, next, journal, calls } = await openProject();
    for (const id of ['a', 'b']) {
      await project.label(message(id, 'clap'), '', [sample(0)]);
      (await next()).finish(candidate);
      await learning.settled(millis(5000));
    }
    await project.label(message('c', 'clap'), '', [sample(0)]);
    const third = await next();
    await project.rollback({ type: 'rollback', id: 'r', version: 1 });
    third.finish(candidate);
    const fourth = await next();
    expect(fourth.request.baseVersion).toBe(1);
    expect(calls.at(-1)).toBe('swap 1');
    expect(
      journal.entries.flatMap(({ event }) => (event.type === 'rejection' ? [event.verdict] : [])),
    ).toEqual(['discarded: another version was put in service meanwhile']);
    fourth.finish(candidate);
  });

  it('shows a failed round, keeps serving, and offers the labels again', async () => {
    const { project, next, learning, calls } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    (await next()).fail(new Error('the trainer died'));
    const state = await firstValueFrom(learning.state$);
    expect(state.phase === 'failed' || state.phase === 'training').toBe(true);
    expect(calls.filter((call) => call.startsWith('swap'))).toEqual([]);
    (await next()).finish(candidate);
    expect(await learning.settled(millis(5000))).toBe(true);
  });

  it('does nothing while it is paused', async () => {
    const { project, learning } = await openProject();
    learning.pause(true);
    await project.label(message('a', 'clap'), '', [sample(0)]);
    expect(await learning.settled(millis(5000))).toBe(true);
    expect((await firstValueFrom(learning.state$)).phase).toBe('paused');
    expect(learning.waiting).toBe(1);
  });

  it('tries a rejected first round once more with another seed, then waits for new labels', async () => {
    const rejected: RoundResult = {
      type: 'rejected',
      heldOut: null,
      verdict: 'not promoted: worse',
      balance: { rho: 1, beta: 0, gamma: 0 },
    };
    const { project, learning, next, journal } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    const first = await next();
    first.finish(rejected);
    const second = await next();
    expect(second.request.seed).not.toBe(first.request.seed);
    second.finish(rejected);
    expect(await learning.settled(millis(5000))).toBe(true);
    expect(journal.entries.filter(({ event }) => event.type === 'rejection')).toHaveLength(2);
  });

  it('says what is missing and starts no round until it is there', async () => {
    let lacking: string | null = '2 more spans of clap';
    const { project, learning, journal, next } = await openProject(() => lacking);
    await project.label(message('a', 'clap'), '', [sample(0)]);
    expect(await learning.settled(millis(5000))).toBe(true);
    expect(await firstValueFrom(learning.state$)).toMatchObject({
      phase: 'idle',
      reason: '2 more spans of clap',
    });
    expect(journal.entries.some(({ event }) => event.type === 'round')).toBe(false);
    lacking = null;
    await project.label(message('b', 'clap'), '', [sample(0)]);
    (await next()).finish(candidate);
    expect(await learning.settled(millis(5000))).toBe(true);
  });
});
