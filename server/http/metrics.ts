/** Numbers as Prometheus reads them: its text format, version 0.0.4. */

/** One number with its meaning; the unit stands in the name (`_bytes`, `_seconds`, `_total`). */
export type Metric = {
  /** `[a-z][a-z0-9_]*`, without the `counterpoise_` that is put before it. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** One value for each set of labels; label values are never names of people or classes. */
  readonly values: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
};

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

/** @returns the text, ending in a newline; empty without metrics. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(oneMetric).join('');
}

function oneMetric({ name, help, type, values }: Metric): string {
  const full = `counterpoise_${name}`;
  const rows = values.map(({ labels, value }) => {
    const pairs = Object.entries(labels ?? {}).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    return `${full}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
  });
  return `${[`# HELP ${full} ${escapeHelp(help)}`, `# TYPE ${full} ${type}`, ...rows].join('\n')}\n`;
}
