import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { LabelEvent } from '../../../client/state/labels.ts';
import { createState } from '../../../client/state.ts';
import type { ServerMessage } from '../../../proto/messages.ts';
import { classInfo, label, prediction, welcome } from './fixtures.ts';

describe('createState', () => {
  it('folds messages into what the screen shows', () => {
    const messages = new Subject<ServerMessage>();
    const given = new Subject<LabelEvent>();
    const state = createState(messages, given);
    const seen = { predictions: 0, classes: 0, ribbon: 0, labels: '' };
    state.prediction$.subscribe(() => seen.predictions++);
    state.classes$.subscribe((classes) => {
      seen.classes = classes.length;
    });
    state.ribbon$.subscribe((ribbon) => {
      seen.ribbon = ribbon.predictions.length;
    });
    state.labels$.subscribe((labels) => {
      seen.labels = labels.map(({ status }) => status).join();
    });
    messages.next(welcome());
    messages.next({ type: 'classes', classes: [classInfo('a', 'Clap')], seq: 1, deleted: [] });
    messages.next(prediction(960_000));
    given.next({ type: 'given', label: label('01') });
    expect(seen).toEqual({ predictions: 1, classes: 1, ribbon: 1, labels: 'waiting' });
  });
});
