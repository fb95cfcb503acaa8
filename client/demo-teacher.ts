/** What the page knows of its own demo: shows the truth, labels with it for the person, scores answers against it. */
import type { Prediction } from '../proto/messages.ts';
import { type Micros, micros } from '../proto/units.ts';
import { addOutcome, outcome } from './demo/score.ts';
import type { DemoSource } from './demo/source.ts';
import { isSpoilt } from './demo/spoil.ts';
import { lessons, progress } from './demo/teacher.ts';
import type { Labelling } from './labelling.ts';
import type { MediaClock } from './media-clock.ts';
import type { ViewModel } from './model.ts';

export type DemoTeacherOptions = {
  readonly model: ViewModel;
  readonly labelling: Labelling;
  readonly source: DemoSource;
};

const LOOK_BACK_US = 50e6; // the ribbon's minute less what a label needs on its way
/** A finished slot is taught this much later: its windows have been answered by then. */
const TEACH_DELAY_US = 600_000;

/** Lives as long as its demo. */
export class DemoTeacher {
  readonly #options: DemoTeacherOptions;
  #used = new Set<number>();
  /** Slots that were spoilt while they were shown: teaching them would teach the noise. */
  readonly #spoilt = new Set<number>();
  #taught = new Map<string, number>();

  constructor(options: DemoTeacherOptions) {
    this.#options = options;
  }

  /** Begins to label the demo with its own truth, or stops it. */
  teach(on: boolean): void {
    const { demo } = this.#options.model;
    if (on) {
      this.#used = new Set();
      this.#taught = new Map();
    }
    demo.value = { ...demo.value, teaching: on, progress: 0 };
  }

  /** Twice a second: the truth now, and the next lessons. `clock`: null while not connected. */
  tick(now: Micros, clock: MediaClock | null): void {
    const { model, source } = this.#options;
    const { demo } = model;
    const slot = source.truthAt(now);
    const truth = slot?.class ?? null;
    if (slot && isSpoilt(demo.value.spoil)) this.#spoilt.add(slot.index);
    if (truth !== demo.value.truth) demo.value = { ...demo.value, truth };
    if (demo.value.teaching && clock) this.#giveLessons(clock, now);
  }

  /** Scores a prediction. */
  score(prediction: Prediction, clock: MediaClock): void {
    const { model, source } = this.#options;
    const { demo, classes } = model;
    const middle = micros((prediction.start + prediction.end) / 2);
    const slot = source.truthAt(clock.toPage(middle));
    const truth = classes.value.find((known) => known.name === slot?.class.name);
    if (!slot || !truth) return;
    const span = { start: clock.fromPage(slot.start), end: clock.fromPage(slot.end) };
    const next = outcome(prediction, span, truth.id);
    if (next) demo.value = { ...demo.value, outcomes: addOutcome(demo.value.outcomes, next) };
  }

  #giveLessons(clock: MediaClock, now: Micros): void {
    const { labelling, model, source } = this.#options;
    const oldest = Math.max(clock.toPage(micros(0)), now - LOOK_BACK_US);
    const finished = source.truthWithin(micros(oldest), micros(now - TEACH_DELAY_US));
    const skipped = new Set([...this.#used, ...this.#spoilt]);
    for (const { slot, start, end } of lessons(finished, skipped, this.#taught)) {
      const span = { start: clock.fromPage(start), end: clock.fromPage(end) };
      if (!labelling.lesson(span, slot.class.name)) return;
      this.#used.add(slot.index);
      this.#taught.set(slot.class.name, (this.#taught.get(slot.class.name) ?? 0) + 1);
    }
    const done = progress(this.#taught);
    model.demo.value = { ...model.demo.value, progress: done, teaching: done < 1 };
  }
}
