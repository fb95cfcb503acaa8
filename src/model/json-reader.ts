/** Reads parsed JSON of unknown form, field by field; every complaint names the path. */
import { CheckpointError } from '../errors.ts';

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null; // an array is read by its indices
}

function wrong(path: string, expected: string): CheckpointError {
  const message = `${path} is not ${expected}: the file is damaged or of another program, use another version`;
  return new CheckpointError('ERR_CHECKPOINT_FORMAT', message);
}

/** One object (or array) of a document. All readers throw CheckpointError ERR_CHECKPOINT_FORMAT. */
export class JsonReader {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;

  private constructor(value: Readonly<Record<string, unknown>>, path: string) {
    this.#value = value;
    this.#path = path;
  }

  /** A reader of the document's root, called `name` in messages. */
  static of(value: unknown, name: string): JsonReader {
    if (!isRecord(value)) throw wrong(name, 'an object');
    return new JsonReader(value, name);
  }

  #at(key: string): string {
    return `${this.#path}.${key}`;
  }

  /** A finite number. */
  number(key: string): number {
    const value = this.#value[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(this.#at(key), 'a finite number');
    return value;
  }

  string(key: string): string {
    const value = this.#value[key];
    if (typeof value !== 'string') throw wrong(this.#at(key), 'a string');
    return value;
  }

  object(key: string): JsonReader {
    return JsonReader.of(this.#value[key], this.#at(key));
  }

  /** The field as it is. */
  value(key: string): unknown {
    return this.#value[key];
  }

  /** All fields, each a string, a finite number, a boolean or null. */
  scalars(): readonly (readonly [string, string | number | boolean | null])[] {
    return Object.entries(this.#value).map(([key, value]) => {
      if (typeof value === 'string' || typeof value === 'boolean' || value === null) return [key, value];
      return [key, this.number(key)];
    });
  }

  /** An object, or null where the field is null. */
  optional(key: string): JsonReader | null {
    return this.#value[key] === null ? null : this.object(key);
  }

  #array(key: string): readonly unknown[] {
    const value = this.#value[key];
    if (!Array.isArray(value)) throw wrong(this.#at(key), 'a list');
    return value;
  }

  /** A list of objects or lists. */
  list(key: string): readonly JsonReader[] {
    return this.#array(key).map((entry, i) => JsonReader.of(entry, `${this.#at(key)}[${i}]`));
  }

  strings(key: string): readonly string[] {
    return this.#array(key).map((entry) => {
      if (typeof entry !== 'string') throw wrong(this.#at(key), 'a list of strings');
      return entry;
    });
  }

  /** Finite numbers, exactly `length` of them unless left out. */
  numbers(key: string, length?: number): readonly number[] {
    const values = this.#array(key).map((entry) => {
      if (typeof entry !== 'number' || !Number.isFinite(entry))
        throw wrong(this.#at(key), 'a list of finite numbers');
      return entry;
    });
    if (length !== undefined && values.length !== length) throw wrong(this.#at(key), `${length} numbers`);
    return values;
  }
}
