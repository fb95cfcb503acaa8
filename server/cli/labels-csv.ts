/**
 * Labels of a clip as a table: `start_s,end_s,class[,scope]`, one span a row, a header line first.
 */
import type { Scope } from '../../proto/messages.ts';
import { type Micros, microsFromSeconds } from '../../proto/units.ts';
import { CliError } from '../errors.ts';

export type LabelledSpan = {
  readonly start: Micros;
  readonly end: Micros;
  readonly className: string;
  readonly scope: Scope;
};

const HEADER = /^start_s\s*,\s*end_s\s*,\s*class(\s*,\s*scope)?$/;

/** Reads the table. Class names may be quoted, with "" for a quote. @throws {CliError} ERR_CLI_LABELS with the line that does not fit. */
export function parseLabels(text: string): readonly LabelledSpan[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (!HEADER.test(lines[0]?.trim().toLowerCase() ?? '')) {
    throw new CliError(
      'ERR_CLI_LABELS',
      `line 1 is "${lines[0] ?? ''}", expected the header start_s,end_s,class[,scope]`,
    );
  }
  const spans = lines.slice(1).flatMap((line, i) => (line.trim() === '' ? [] : [parseRow(line, i + 2)]));
  return spans.toSorted((a, b) => a.start - b.start);
}

function parseRow(line: string, number: number): LabelledSpan {
  const [start, end, className, scope = 'both'] = fields(line);
  const from = Number(start);
  const to = Number(end);
  const valid =
    start?.trim() && end?.trim() && Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to > from;
  if (!valid) return refuse(number, line, 'two times in seconds, the second one later');
  if (!className) return refuse(number, line, 'the name of a class');
  if (scope !== 'both' && scope !== 'audio' && scope !== 'video')
    return refuse(number, line, 'a scope of both, audio or video');
  return { start: microsFromSeconds(from), end: microsFromSeconds(to), className, scope };
}

function refuse(number: number, line: string, expected: string): never {
  throw new CliError('ERR_CLI_LABELS', `line ${number} is "${line}", expected ${expected}`);
}

/** RFC 4180 fields of one line, trimmed. */
function fields(line: string): readonly string[] {
  const matches = line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?=,|$)/g);
  return [...matches].map(([, quoted, plain]) =>
    (quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')).trim(),
  );
}
