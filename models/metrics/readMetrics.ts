import { Counter, Gauge, type Registry } from 'prom-client';

export type SetMetric = (labels: Record<string, string>, value: number) => void;

/** Declares a metric whose values are read when scraped: the hot path does not count twice. */
export type DeclareMetric = (
  name: string,
  help: string,
  labels: string[],
  read: (set: SetMetric) => void | Promise<void>,
) => void;

/** Declares metrics with a prefix; names that end in `_total` are counters, all others gauges. */
export function readMetrics(registry: Registry, prefix: string): DeclareMetric {
  return (name, help, labelNames, read) => {
    const options = { name: `${prefix}_${name}`, help, labelNames, registers: [registry] };
    if (name.endsWith('_total')) {
      new Counter({
        ...options,
        collect() {
          this.reset();
          return read((labels, value) => this.inc(labels, value));
        },
      });
      return;
    }
    new Gauge({
      ...options,
      collect() {
        this.reset();
        return read((labels, value) => this.set(labels, value));
      },
    });
  };
}
