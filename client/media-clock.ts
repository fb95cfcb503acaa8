/** One media clock per session: it says which media time a moment of the page is. */
import { type Micros, micros } from '../proto/units.ts';

export type MediaClock = {
  /** Page time to media time. */
  fromPage(page: Micros): Micros;
  /** Media time to page time. */
  toPage(media: Micros): Micros;
};

/** The clock that read `media` when the page's clock read `page` (the welcome's `media_us`, at its receipt). */
export function mediaClock(media: Micros, page: Micros): MediaClock {
  const shift = media - page;
  return {
    fromPage: (at) => micros(Math.round(at + shift)),
    toPage: (at) => micros(at - shift),
  };
}
