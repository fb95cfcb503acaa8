/** Seeded randomness: the same seed gives the same sequence on every machine. */

export type Random = {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** A new, independent generator named by `stream`; drawing from it does not move this one. */
  fork(stream: string): Random;
};

const MIX = 0x9e3779b9; // 2^32 over the golden ratio: the increment of SplitMix generators (Steele et al., 2014)

function hash(text: string, seed: number): number {
  let h = seed >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0; // FNV-1a's prime
  return h;
}

/** A SplitMix32 generator. `seed` is taken modulo 2^32. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + MIX) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const uniform = (): number => next() / 0x100000000;
  return {
    uniform,
    // Box and Muller (1958); 1 - u keeps the logarithm's argument above zero.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (below) => Math.floor(uniform() * below),
    fork: (stream) => random(hash(stream, seed ^ MIX)),
  };
}
