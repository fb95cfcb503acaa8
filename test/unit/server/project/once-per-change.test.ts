import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../../proto/units.ts';
import { JournalView } from '../../../../server/project/journal-view.ts';
import { oncePerChange } from '../../../../server/project/once-per-change.ts';
import { FakeFeedbackLog } from '../../../support/fake-feedback-log.ts';

const clock = { monotonic: () => micros(0), wall: () => millis(0) };

describe('oncePerChange', () => {
  it('folds anew only where the journal has grown', async () => {
    const journal = await JournalView.open(new FakeFeedbackLog(clock), clock);
    let folds = 0;
    const length = oncePerChange(journal, (entries) => {
      folds++;
      return entries.length;
    });
    expect([length(), length(), folds]).toEqual([0, 0, 1]);
    await journal.append({ type: 'undo', id: 'u', labelId: 'x' });
    expect([length(), length(), folds]).toEqual([1, 1, 2]);
  });
});
