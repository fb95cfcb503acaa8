/**
 * YUV4MPEG2: a text header, then for each picture a line `FRAME` and its three planes. 8-bit 4:2:0 only.
 */
import { type Micros, micros } from '../../../proto/units.ts';
import type { I420 } from '../../../src/features/pixels.ts';
import { CliError } from '../../errors.ts';
import { ByteReader } from './byte-reader.ts';

const HEADER_LIMIT = 512;
const MAX_SIDE = 8_192;

export type Y4mFormat = {
  readonly width: number;
  readonly height: number;
  /** Pictures a second, as a fraction. */
  readonly rate: readonly [numerator: number, denominator: number];
};

export type Y4mPicture = { readonly at: Micros; readonly picture: I420 };

const bad = (seen: string, expected: string): CliError =>
  new CliError(
    'ERR_CLI_MEDIA',
    `the y4m file ${seen}, expected ${expected}: convert it, for example with ffmpeg`,
  );

/** Reads the header line. @throws {CliError} ERR_CLI_MEDIA */
export function parseY4mHeader(line: string): Y4mFormat {
  const [magic, ...fields] = line.trim().split(/\s+/);
  if (magic !== 'YUV4MPEG2') throw bad(`starts with "${line.slice(0, 20)}"`, 'YUV4MPEG2');
  const field = (letter: string): string => fields.find((text) => text.startsWith(letter))?.slice(1) ?? '';
  const [width, height] = [Number(field('W')), Number(field('H'))];
  const sized = [width, height].every((side) => Number.isInteger(side) && side >= 2 && side <= MAX_SIDE);
  if (!sized) throw bad(`has size ${field('W')} x ${field('H')}`, `sides from 2 to ${MAX_SIDE}`);
  const [numerator = Number.NaN, denominator = Number.NaN] = field('F').split(':').map(Number);
  if (!(numerator > 0 && denominator > 0))
    throw bad(`has frame rate "${field('F')}"`, 'a fraction such as 15:1');
  const colour = field('C');
  if (colour !== '' && !/^420(jpeg|paldv|mpeg2)?$/.test(colour))
    throw bad(`has colour space ${colour}`, '8-bit 4:2:0');
  return { width, height, rate: [numerator, denominator] };
}

/** Bytes of one picture's planes. */
export function pictureBytes({ width, height }: Y4mFormat): number {
  return width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
}

function planesOf({ width, height }: Y4mFormat, data: Uint8Array): I420 {
  const stride = (width + 1) >> 1;
  const chroma = stride * ((height + 1) >> 1);
  const planes = [
    { offset: 0, stride: width },
    { offset: width * height, stride },
    { offset: width * height + chroma, stride },
  ] as const;
  return { data, width, height, planes };
}

/** A y4m stream, opened: its format, and its pictures one after the other, picture n at n over the rate. */
export class Y4mReader {
  readonly #bytes: ByteReader;
  readonly format: Y4mFormat;

  private constructor(bytes: ByteReader, format: Y4mFormat) {
    this.#bytes = bytes;
    this.format = format;
  }

  /** Reads the header. @throws {CliError} ERR_CLI_MEDIA */
  static async open(source: AsyncIterable<Uint8Array>): Promise<Y4mReader> {
    const bytes = new ByteReader(source);
    const header = await bytes.line(HEADER_LIMIT);
    return new Y4mReader(bytes, parseY4mHeader(header ?? ''));
  }

  /** A cut last picture is left out. @throws {CliError} ERR_CLI_MEDIA where a picture does not start with FRAME. */
  async *pictures(): AsyncGenerator<Y4mPicture> {
    const size = pictureBytes(this.format);
    const [numerator, denominator] = this.format.rate;
    for (let n = 0; ; n++) {
      const line = await this.#bytes.line(HEADER_LIMIT);
      if (line === null) return;
      if (!line.startsWith('FRAME')) throw bad(`has "${line.slice(0, 20)}" before picture ${n}`, 'FRAME');
      const data = await this.#bytes.take(size);
      if (data.length < size) return;
      yield {
        at: micros(Math.round((n * 1e6 * denominator) / numerator)),
        picture: planesOf(this.format, data),
      };
    }
  }

  /** Ends the source. */
  close(): Promise<void> {
    return this.#bytes.close();
  }
}
