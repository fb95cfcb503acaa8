import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { micros, microsFromSeconds, millis } from '../../../../proto/units.ts';
import { servingOf } from '../../../../server/project/lineage.ts';
import { type Answers, candidate, message, openProject, sample } from './open-project.ts';

describe('Project.label', () => {
  it('journals the label, then moves the prototypes, then acknowledges, and a new name makes a class', async () => {
    const { project, journal, calls } = await openProject();
    const ack = await project.label(message('a', 'clap'), 'me', [sample(0), sample(0.48)]);
    expect(ack).toEqual({
      type: 'ack',
      id: 'a',
      seq: 2,
      duplicate: false,
      samples: 2,
      effects: [{ modality: 'audio', before: 0.2, after: 0.9 }],
    });
    expect(journal.entries.map(({ event }) => event.type)).toEqual(['class-add', 'label', 'score']);
    expect(calls).toEqual(['learn 2']);
    const { classes } = await firstValueFrom(project.classes$);
    expect(classes).toMatchObject([
      { name: 'clap', spans: 1, audioSamples: 2, videoSamples: 2, audioNeeds: 2, videoNeeds: 2 },
    ]);
  });

  it('answers the same label twice without learning it twice', async () => {
    const { project, calls } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    expect(await project.label(message('a', 'clap'), '', [sample(0)])).toMatchObject({
      seq: 2,
      duplicate: true,
    });
    expect(calls).toEqual(['learn 2']);
  });

  it('keeps only what the scope speaks of', async () => {
    const { project, feedback } = await openProject();
    await project.label(message('a', 'clap', { scope: 'audio' }), '', [sample(0)]);
    expect(
      feedback
        .reader()
        .samples(2)
        .map(({ mel, rgb, older }) => [mel !== null, rgb, older]),
    ).toEqual([[true, null, null]]);
  });

  it('refuses a span without a window, and "not this" of a class that is not there', async () => {
    const { project } = await openProject();
    await expect(project.label(message('a', 'clap'), '', [])).rejects.toMatchObject({
      code: 'ERR_LABEL_EMPTY',
    });
    const not = message('b', 'clap', { kind: 'not-class' });
    await expect(project.label(not, '', [sample(0)])).rejects.toMatchObject({ code: 'ERR_CLASS_UNKNOWN' });
  });

  it('holds every fifth label of a class out', async () => {
    const { project, journal } = await openProject();
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
      await project.label(message(id, 'clap'), '', [sample(0)]);
    expect(journal.view.labels.map(({ split }) => split)).toEqual([
      'train',
      'train',
      'train',
      'train',
      'validation',
      'train',
    ]);
  });
});

describe('Project.undo', () => {
  it('takes the label back and refuses to do so twice', async () => {
    const { project, journal, calls } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    await project.undo({ type: 'undo', id: 'u', labelId: 'a' });
    expect(journal.view.labels).toEqual([]);
    expect(calls).toEqual(['learn 2', 'rebuild']);
    expect(await project.undo({ type: 'undo', id: 'u', labelId: 'a' })).toMatchObject({ duplicate: true });
    await expect(project.undo({ type: 'undo', id: 'v', labelId: 'a' })).rejects.toMatchObject({
      code: 'ERR_LABEL_UNKNOWN',
    });
  });

  it('serves the newest version that never learned from the label', async () => {
    const { project, next, calls, learning } = await openProject();
    for (const id of ['a', 'b']) {
      await project.label(message(id, 'clap'), '', [sample(0)]);
      (await next()).finish(candidate);
      expect(await learning.settled(millis(5000))).toBe(true);
    }
    await project.undo({ type: 'undo', id: 'u', labelId: 'b' });
    expect(calls.slice(-2)).toEqual(['rebuild', 'swap 1']);
    expect((await firstValueFrom(project.model$)).version).toBe(1);
  });
});

describe('Project.review', () => {
  const suspicion = { labelId: 'a', classId: '', otherId: '', audio: 2, video: 3 };

  /** `a` is a clap that looks like a snap. */
  async function suspected() {
    const answers: Answers = { now: 'unknown' };
    const opened = await openProject(() => 'not now', answers);
    const { project, journal, secondLook } = opened;
    await project.label(message('a', 'clap', { start: micros(0) }), 'Ada', [sample(0), sample(0.48)]);
    await project.label(message('b', 'snap'), 'Ada', [sample(5)]);
    const [classId = '', otherId = ''] = journal.view.classes.map(({ id }) => id);
    answers.suspects = [{ ...suspicion, classId, otherId }];
    await secondLook.look();
    const shown = async () => (await firstValueFrom(project.secondLook$)).suspicions;
    return { ...opened, shown, classId, otherId };
  }

  it('asks about what looks mislabelled, once, and stops when somebody says that it is right', async () => {
    const { project, journal, secondLook, shown, classId, otherId } = await suspected();
    expect(await shown()).toMatchObject([
      { labelId: 'a', classId, otherId, audio: 2, video: 3, by: 'Ada', start: 0 },
    ]);
    await project.review({ type: 'review', id: 'k', labelId: 'a', classId: '' }, 'Bo');
    await secondLook.look();
    expect(await shown()).toEqual([]);
    expect(journal.entries.map(({ event }) => event).slice(-2)).toMatchObject([
      { type: 'suspicion', labelId: 'a' },
      { type: 'keep', labelId: 'a', by: 'Bo' },
    ]);
    expect(journal.view.labels.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('changes it: undone by somebody, and the same samples given to the other class in the same breath', async () => {
    const { project, journal, feedback, secondLook, shown, otherId, calls } = await suspected();
    const withdrawn: string[] = [];
    project.placed$.subscribe(({ labelId, undone }) => withdrawn.push(`${labelId} ${undone}`));
    const review = { type: 'review', id: 'c', labelId: 'a', classId: otherId } as const;
    expect(await project.review(review, 'Bo')).toMatchObject({ duplicate: false, samples: 2 });
    expect(await project.review(review, 'Bo')).toMatchObject({ duplicate: true });
    expect(withdrawn).toEqual(['c false', 'a true']);
    expect(calls.at(-1)).toBe('rebuild');
    expect(journal.entries.map(({ event }) => event).slice(-2)).toMatchObject([
      { type: 'undo', labelId: 'a', by: 'Bo' },
      { type: 'label', id: 'c', classId: otherId, by: 'Bo', replaces: 'a', start: 0 },
    ]);
    const reader = feedback.reader();
    expect(reader.samples(journal.seqOf('c') ?? 0)).toHaveLength(2);
    await secondLook.look();
    expect(await shown()).toEqual([]);
  });

  it('refuses a label that is gone and a class that is not there', async () => {
    const { project } = await suspected();
    const review = { type: 'review', id: 'c', labelId: 'a', classId: 'nothing' } as const;
    await expect(project.review(review, '')).rejects.toMatchObject({ code: 'ERR_CLASS_UNKNOWN' });
    await project.undo({ type: 'undo', id: 'u', labelId: 'a' });
    await expect(project.review({ ...review, classId: '' }, '')).rejects.toMatchObject({
      code: 'ERR_LABEL_UNKNOWN',
    });
  });
});

describe('Project.rollback', () => {
  it('serves an older version again, and refuses one that is not kept or holds what was taken back', async () => {
    const { project, next, learning, calls } = await openProject();
    for (const id of ['a', 'b']) {
      await project.label(message(id, 'clap'), '', [sample(0)]);
      (await next()).finish(candidate);
      await learning.settled(millis(5000));
    }
    await project.rollback({ type: 'rollback', id: 'r', version: 1 });
    expect(calls.at(-1)).toBe('swap 1');
    expect(await project.rollback({ type: 'rollback', id: 'r', version: 1 })).toMatchObject({
      duplicate: true,
    });
    const unknown = { code: 'ERR_VERSION_UNKNOWN' };
    await expect(project.rollback({ type: 'rollback', id: 's', version: 9 })).rejects.toMatchObject(unknown);
    await project.undo({ type: 'undo', id: 'u', labelId: 'b' });
    await expect(project.rollback({ type: 'rollback', id: 't', version: 2 })).rejects.toMatchObject(unknown);
    expect((await firstValueFrom(project.model$)).history.map(({ version }) => version)).toEqual([0, 1]);
  });
});

describe('a served version whose answers fall', () => {
  /** Two promotions while the answers are right, then as many labels answered wrongly. */
  async function declined(wrong: number, promotions: number) {
    const answers: Answers = { now: 'right' };
    const opened = await openProject(() => null, answers);
    const { project, next, learning } = opened;
    for (let i = 0; i < promotions; i++) {
      await project.label(message(`right-${i}`, 'clap'), '', [sample(0)]);
      (await next()).finish(candidate);
      await learning.settled(millis(5000));
    }
    learning.pause(true);
    answers.now = 'wrong';
    for (let i = 0; i < wrong; i++) await project.label(message(`wrong-${i}`, 'clap'), '', [sample(0)]);
    return { ...opened, answers };
  }

  it('is left for the one it came from, once, and the journal says why', async () => {
    const { journal, calls } = await declined(14, 2);
    const rollbacks = journal.entries.flatMap(({ event }) => (event.type === 'rollback' ? [event] : []));
    expect(rollbacks).toMatchObject([
      { version: 1, reason: 'answers fell from 100 % to 15 % since version 2 serves' },
    ]);
    expect(calls.filter((call) => call === 'swap 1')).toHaveLength(2);
    expect(servingOf(journal.entries)).toBe(1);
  });

  it('serves on after few mistakes, and where only random weights are left', async () => {
    const few = await declined(9, 2);
    expect(servingOf(few.journal.entries)).toBe(2);
    const first = await declined(14, 1);
    expect(servingOf(first.journal.entries)).toBe(1);
  });

  it('is not left for labels of a class that it could not know', async () => {
    const { journal, project, answers } = await declined(0, 2);
    answers.now = 'unknown';
    for (let i = 0; i < 14; i++) await project.label(message(`new-${i}`, 'snap'), '', [sample(0)]);
    expect(servingOf(journal.entries)).toBe(2);
  });
});

describe('Project.training$', () => {
  it('says by what it trains, and what the scores say of the balance', async () => {
    const { project, learning } = await openProject(() => null, { now: 'right' });
    expect((await firstValueFrom(project.training$)).rebalance).toEqual({
      policy: 'uni-modal-pmr',
      mode: 'unknown',
      reason: 'too few scored labels to compare sound and picture',
      early: false,
    });
    learning.pause(true);
    learning.choose('pmr-stream');
    for (let i = 0; i < 20; i++) {
      await project.label(message(`${i}`, i % 2 === 0 ? 'clap' : 'snap'), '', [sample(0)]);
    }
    expect(await firstValueFrom(project.training$)).toMatchObject({
      rho: 1,
      rebalance: { policy: 'pmr-stream', mode: 'balanced', early: true },
    });
  });
});

describe('Project.choose', () => {
  it('keeps the choice in the journal, trains by it from the next round on, and tells the page', async () => {
    const { project, journal, next } = await openProject();
    await project.choose({ type: 'rebalance', choice: 'joint' });
    await project.label(message('a', 'clap'), '', [sample(0)]);
    const { request, finish } = await next();
    expect(request.policy).toBe('joint');
    expect(journal.entries[0]?.event).toMatchObject({ type: 'training-choice', choice: 'joint' });
    expect(await firstValueFrom(project.balance$)).toMatchObject({ choice: 'joint', policy: 'joint' });
    finish(candidate);
  });

  it('trains by what auto finds as soon as the figures show it', async () => {
    const { project, learning, shadow } = await openProject();
    await project.choose({ type: 'rebalance', choice: 'auto' });
    expect((await firstValueFrom(learning.state$)).policy).toBe('joint-uni-modal');
    const scores = Array.from({ length: 30 }, () => ({ on: 1, off: 0 }));
    shadow.tell({ scores, done: 30, total: 30 });
    const found = firstValueFrom(learning.state$.pipe(filter(({ policy }) => policy === 'pmr-stream')));
    expect((await found).policy).toBe('pmr-stream');
  });
});

describe('Project.forget', () => {
  it('takes the labels off every ribbon, and the versions that learned from them away', async () => {
    const { project, next, learning, registry, journal } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    (await next()).finish(candidate);
    await learning.settled(millis(5000));
    const withdrawn: string[] = [];
    project.placed$.subscribe(({ labelId, undone }) => withdrawn.push(`${labelId} ${undone}`));
    const classId = journal.view.classes[0]?.id ?? '';
    await project.forget({ type: 'forget', id: 'f', classId, everything: false });
    expect(withdrawn).toEqual(['a true']);
    expect(journal.view).toMatchObject({ classes: [], labels: [] });
    expect((await registry.list()).map(({ version }) => version)).toEqual([0]);
    expect((await firstValueFrom(project.model$)).version).toBe(0);
  });

  it('forgets a span: whole labels that touch it, and learns again from what is left', async () => {
    const { project, next, learning, registry, journal, feedback } = await openProject();
    await project.label(message('a', 'clap'), '', [sample(0)]);
    (await next()).finish(candidate);
    await learning.settled(millis(5000));
    const from = microsFromSeconds(10);
    await project.label(message('b', 'clap', { start: from, end: micros(from + 2.4e6) }), '', [sample(10)]);
    (await next()).finish(candidate);
    await learning.settled(millis(5000));
    const span = { sessionId: 's', start: micros(2e6), end: micros(3e6) };
    const forget = { type: 'forget', id: 'f', classId: '', everything: false, span } as const;
    expect(await project.forget(forget)).toMatchObject({ duplicate: false });
    expect(journal.view.labels.map(({ id }) => id)).toEqual(['b']);
    expect(journal.view.classes.map(({ name }) => name)).toEqual(['clap']);
    expect(feedback.reader().samples(2)).toEqual([]);
    expect((await registry.list()).map(({ version }) => version)).toEqual([0]);
    const { request, finish } = await next();
    expect(request).toMatchObject({ baseVersion: 0, lastSeq: journal.view.lastSeq - 1 });
    finish({ type: 'nothing', verdict: 'enough', balance: { rho: null, beta: 0, gamma: 0 } });
    await learning.settled(millis(5000));
    expect(await project.forget(forget)).toMatchObject({ duplicate: true });
  });

  it('deletes the data of a class that was deleted before, and refuses one that never was', async () => {
    const { project, journal, feedback } = await openProject(() => 'not now');
    await project.label(message('a', 'clap'), '', [sample(0)]);
    const classId = journal.view.classes[0]?.id ?? '';
    await project.edit('r', { type: 'rename', classId, name: 'applause' });
    await project.edit('d', { type: 'delete', classId });
    const deleted = async () => (await firstValueFrom(project.classes$)).deleted;
    expect(await deleted()).toEqual([{ id: classId, name: 'applause', labels: 1 }]);
    expect(feedback.reader().samples(2)).toHaveLength(1);
    await project.forget({ type: 'forget', id: 'f', classId, everything: false });
    expect(feedback.reader().samples(2)).toEqual([]);
    expect(await deleted()).toEqual([]);
    const again = { type: 'forget', id: 'g', classId, everything: false } as const;
    await expect(project.forget(again)).rejects.toMatchObject({ code: 'ERR_CLASS_UNKNOWN' });
  });
});

describe('Project.edit', () => {
  it('renames, recolours and deletes; a taken name and an unknown class are refused', async () => {
    const { project } = await openProject();
    await project.edit('1', { type: 'add', name: 'clap', colour: '' });
    await project.edit('2', { type: 'add', name: 'wave', colour: '#123456' });
    const [clap] = (await firstValueFrom(project.classes$)).classes;
    const classId = clap?.id ?? '';
    await expect(project.edit('3', { type: 'rename', classId, name: 'wave' })).rejects.toMatchObject({
      code: 'ERR_CLASS_NAME_TAKEN',
    });
    await project.edit('4', { type: 'rename', classId, name: 'snap' });
    await project.edit('5', { type: 'recolour', classId, colour: '#abcdef' });
    expect((await firstValueFrom(project.classes$)).classes).toMatchObject([
      { name: 'snap', colour: '#abcdef' },
      { name: 'wave' },
    ]);
    await project.edit('6', { type: 'delete', classId });
    expect((await firstValueFrom(project.classes$)).classes.map(({ name }) => name)).toEqual(['wave']);
    await expect(project.edit('7', { type: 'delete', classId })).rejects.toMatchObject({
      code: 'ERR_CLASS_UNKNOWN',
    });
  });
});
