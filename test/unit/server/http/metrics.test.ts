import { describe, expect, it } from 'vitest';
import { metricsText } from '../../../../server/http/metrics.ts';

describe('metricsText', () => {
  it('writes help, type and one row for each set of labels', () => {
    const values = [
      { labels: { reason: 'busy' }, value: 3 },
      { labels: { reason: 'a"b\\c\nd' }, value: 0.5 },
    ];
    const text = metricsText([
      { name: 'shed_total', help: 'Dropped on purpose.', type: 'counter', values },
      { name: 'sessions', help: 'Sessions.', type: 'gauge', values: [{ value: 2 }] },
    ]);
    expect(text).toBe(
      [
        '# HELP counterpoise_shed_total Dropped on purpose.',
        '# TYPE counterpoise_shed_total counter',
        'counterpoise_shed_total{reason="busy"} 3',
        'counterpoise_shed_total{reason="a\\"b\\\\c\\nd"} 0.5',
        '# HELP counterpoise_sessions Sessions.',
        '# TYPE counterpoise_sessions gauge',
        'counterpoise_sessions 2',
        '',
      ].join('\n'),
    );
  });

  it('writes nothing without metrics', () => {
    expect(metricsText([])).toBe('');
  });
});
