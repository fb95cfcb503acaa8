import { describe, expect, it } from 'vitest';
import { type Micros, micros, millis } from '../../../proto/units.ts';
import { MediaClock } from '../../../server/media-clock.ts';

function manual() {
  let now = 0;
  const clock = { monotonic: (): Micros => micros(now), wall: () => millis(0) };
  return { clock, at: (time: number) => (now = time) };
}

describe('MediaClock', () => {
  it('knows nothing before the first ping', () => {
    expect(new MediaClock(manual().clock).now()).toBeNull();
  });

  it('follows the least delayed of the pings', () => {
    const { clock, at } = manual();
    const media = new MediaClock(clock);
    at(1_000_000 + 30_000); // sent at media time 0, when our clock showed 1 s; 30 ms on the way
    media.ping(micros(0));
    at(2_000_000 + 5_000); // 5 ms on the way
    media.ping(micros(1_000_000));
    at(3_000_000 + 90_000);
    media.ping(micros(2_000_000));
    at(4_000_000);
    expect(media.now()).toBe(3_000_000 - 5_000);
  });

  it('forgets old pings, so that it can follow a drifting clock', () => {
    const { clock, at } = manual();
    const media = new MediaClock(clock);
    for (let second = 0; second < 20; second++) {
      at(second * 1e6);
      media.ping(micros(second * 1e6 - second * 1000)); // the sender's clock loses 1 ms a second
    }
    at(19e6);
    expect(media.now()).toBe(19e6 - 10_000); // the tenth newest ping: second 10
  });

  it('starts over after a reset', () => {
    const { clock } = manual();
    const media = new MediaClock(clock);
    media.ping(micros(5));
    media.reset();
    expect(media.now()).toBeNull();
  });
});
