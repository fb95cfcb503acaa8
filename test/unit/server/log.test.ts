import { describe, expect, it } from 'vitest';
import { micros, millis } from '../../../proto/units.ts';
import { createLog, type LogOptions, silentLog } from '../../../server/log.ts';

const clock = { monotonic: () => micros(0), wall: () => millis(Date.UTC(2026, 0, 2, 3, 4, 5)) };

function lines(options: Partial<LogOptions> = {}): { log: ReturnType<typeof createLog>; written: string[] } {
  const written: string[] = [];
  return {
    log: createLog({ write: (line) => written.push(line), clock, format: 'json', ...options }),
    written,
  };
}

describe('createLog', () => {
  it('writes one JSON object a line: fields, time, level, message', () => {
    const { log, written } = lines();
    log.info('opened', { port: 7600 });
    expect(written).toEqual([
      '{"port":7600,"at":"2026-01-02T03:04:05.000Z","level":"info","message":"opened"}\n',
    ]);
  });

  it('writes for reading on a terminal', () => {
    const { log, written } = lines({ format: 'pretty' });
    log.info('opened', { port: 7600 });
    log.warn('slow');
    expect(written).toEqual(['03:04:05 opened  port=7600\n', '03:04:05 WARN slow\n']);
  });

  it('drops what is below its level', () => {
    const { log, written } = lines({ level: 'warn' });
    log.debug('a');
    log.info('b');
    log.error('c');
    expect(written).toHaveLength(1);
  });

  it('puts shared fields on every line', () => {
    const { log, written } = lines();
    log.with({ peer: 'peer-1' }).with({ session: 's' }).error('failed', { session: 't' });
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ peer: 'peer-1', session: 't', message: 'failed' });
  });

  it('keeps a field in its line and within bounds', () => {
    const { log, written } = lines({ format: 'pretty' });
    log.info('failed', { reason: `a\nb\u001b[31m${'x'.repeat(1000)}` });
    expect(written[0]?.split('\n')).toHaveLength(2);
    expect(written[0]).not.toContain('\u001b');
    expect(written[0]?.length).toBeLessThan(600);
  });
});

describe('silentLog', () => {
  it('is its own child', () => {
    expect(silentLog.with({})).toBe(silentLog);
  });
});
