/** The check of camera and connection: begins and ends with its dialog. */
import { PreflightReadings } from './capture/preflight-readings.ts';
import type { ViewModel } from './model.ts';
import type { Studio } from './studio.ts';

export class PreflightControl {
  readonly #model: ViewModel;
  readonly #studio: Studio;
  #readings: PreflightReadings | null = null;

  constructor(model: ViewModel, studio: Studio) {
    this.#model = model;
    this.#studio = studio;
  }

  /** Begins, or begins again. A page that watches has no media of its own to try. */
  start(): void {
    this.stop();
    const { source, settings, readings } = this.#model;
    const { kind, stream } = source.value;
    this.#studio.trial(true);
    this.#readings = new PreflightReadings({
      stream: kind === 'camera' ? stream : null,
      choice: settings.value,
      changed: (now) => {
        readings.value = now;
      },
    });
  }

  stop(): void {
    if (this.#readings === null) return;
    this.#readings.close();
    this.#readings = null;
    this.#studio.trial(false);
  }
}
