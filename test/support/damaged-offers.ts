/** SDP as nobody should send it, made from what real senders send. */
import fc from 'fast-check';
import { CHROMIUM, GSTREAMER, OBS } from '../unit/server/sfu/offers.ts';

/** Offers of real senders with a few lines lost, doubled, moved, cut or overwritten. */
export function damagedOffer(): fc.Arbitrary<string> {
  const damage = fc.record({
    kind: fc.constantFrom('drop', 'double', 'move', 'cut', 'overwrite', 'number', 'insert'),
    at: fc.nat(200),
    to: fc.nat(200),
    text: fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 })),
    number: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -1, 2 ** 31, 2 ** 32, 2 ** 53)),
  });
  return fc
    .tuple(fc.constantFrom(CHROMIUM, OBS, GSTREAMER), fc.array(damage, { minLength: 1, maxLength: 6 }))
    .map(([offer, damages]) => {
      const lines = offer.split('\r\n');
      for (const { kind, at, to, text, number } of damages) {
        const i = at % lines.length;
        const line = lines[i] ?? '';
        if (kind === 'drop') lines.splice(i, 1);
        if (kind === 'double') lines.splice(to % lines.length, 0, line);
        if (kind === 'move') lines.splice(to % lines.length, 0, ...lines.splice(i, 1));
        if (kind === 'cut') lines[i] = line.slice(0, to % (line.length + 1));
        if (kind === 'overwrite') lines[i] = line.slice(0, 2) + text;
        if (kind === 'number') lines[i] = line.replace(/\d+/, String(number));
        if (kind === 'insert') lines.splice(i, 0, text);
      }
      return lines.join('\r\n');
    });
}
