/**
 * Bits from the front, as H.264 writes its headers (ITU-T H.264, sections 7.2 and 9.1).
 */

/** Past the end it reads zeros and is no longer `whole`. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** False once more was read than there is. */
  get whole(): boolean {
    return this.#at <= 8 * this.#bytes.length;
  }

  bit(): 0 | 1 {
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    const bit = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return bit === 1 ? 1 : 0;
  }

  /** @param count 0..31 */
  bits(count: number): number {
    let value = 0;
    for (let n = 0; n < count; n++) value = (value << 1) | this.bit();
    return value;
  }

  /** Exp-Golomb, unsigned; codes of more than 31 bits end the reading. */
  unsigned(): number {
    let zeros = 0;
    while (this.whole && this.bit() === 0) zeros += 1;
    if (zeros > 30) {
      this.#at = 8 * this.#bytes.length + 1;
      return 0;
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exp-Golomb, signed. */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
