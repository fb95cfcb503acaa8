/** Confusion of classes over scored windows, and what is read off it. Plain numbers. */
import { ShapeError } from '../errors.ts';

/** `counts[i][j]`: windows of class i answered j; the last column is "unknown". */
export type Confusion = {
  readonly classIds: readonly string[];
  readonly counts: readonly (readonly number[])[];
};

/** Of one class. Null where there is nothing to divide by. */
export type ClassReport = {
  readonly classId: string;
  /** Windows that are of the class. */
  readonly support: number;
  /** Share of its windows that were answered right. */
  readonly recall: number | null;
  /** Share of the answers naming it that were right. */
  readonly precision: number | null;
};

/** An empty confusion over these classes. */
export function emptyConfusion(classIds: readonly string[]): Confusion {
  return {
    classIds: [...classIds],
    counts: classIds.map(() => new Array<number>(classIds.length + 1).fill(0)),
  };
}

/**
 * With one more window.
 *
 * @param answer null: unknown.
 * @throws {ShapeError} ERR_CLASS_COUNT if the truth or the answer is none of the classes.
 */
export function counted(confusion: Confusion, truth: string, answer: string | null): Confusion {
  const { classIds, counts } = confusion;
  const row = classIds.indexOf(truth);
  const column = answer === null ? classIds.length : classIds.indexOf(answer);
  if (row < 0 || column < 0) {
    const foreign = row < 0 ? truth : answer;
    throw new ShapeError(
      'ERR_CLASS_COUNT',
      `class ${foreign} is none of ${classIds.join(', ')}: start a new confusion`,
    );
  }
  const next = counts.map((old, i) =>
    i === row ? old.map((count, j) => (j === column ? count + 1 : count)) : old,
  );
  return { classIds, counts: next };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Share of all windows answered right; unknown is wrong. Null while nothing was counted. */
export function accuracyOf({ counts }: Confusion): number | null {
  return share(sum(counts.map((row, i) => row[i] ?? 0)), sum(counts.map(sum)));
}

/** Mean recall over the classes that occurred: every class counts alike, however often it was seen. */
export function balancedAccuracyOf(confusion: Confusion): number | null {
  const recalls = perClass(confusion).flatMap(({ recall }) => (recall === null ? [] : [recall]));
  return share(sum(recalls), recalls.length);
}

/** One report a class, in class order. */
export function perClass({ classIds, counts }: Confusion): readonly ClassReport[] {
  return classIds.map((classId, k) => {
    const row = counts[k] ?? [];
    const right = row[k] ?? 0;
    const named = sum(counts.map((other) => other[k] ?? 0));
    return { classId, support: sum(row), recall: share(right, sum(row)), precision: share(right, named) };
  });
}
