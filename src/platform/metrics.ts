import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** For every label the values that it may have. A value outside becomes `other`: callers may be fed by strangers. */
export type LabelSets = Readonly<Record<string, readonly string[]>>;
export type Labels<Sets extends LabelSets> = { readonly [Name in keyof Sets]: string };

/** A metric whose series are bounded: `record` counts up, sets or observes, as its kind has it. */
export interface Metric<Sets extends LabelSets> {
  record(labels: Labels<Sets>, value?: number): void;
}

/** Nobody reads more series of one metric than this, and each costs memory in every scrape. */
const MAX_SERIES = 2000;

const OTHER = 'other';

function closed<Sets extends LabelSets>(name: string, sets: Sets): (labels: Labels<Sets>) => Record<string, string> {
  const series = Object.values(sets).reduce((product, values) => product * (values.length + 1), 1);
  if (series > MAX_SERIES) throw new TypeError(`${name} could have ${series} series; ${MAX_SERIES} are the limit`);
  const allowed = Object.entries(sets).map(([label, values]) => [label, new Set(values)] as const);
  return (labels) => Object.fromEntries(allowed.map(([label, values]) => [label, values.has(labels[label] ?? '') ? (labels[label] ?? OTHER) : OTHER]));
}

/** The metrics of one hub, in a registry of its own, so that two hubs in one process (as in tests) do not meet. */
export class Metrics {
  readonly #registry = new Registry();

  /** @param options.process adds memory, event loop and garbage collection of this process */
  constructor(options: { readonly process?: boolean } = {}) {
    if (options.process === true) collectDefaultMetrics({ register: this.#registry });
  }

  /** Counts events; `record` adds one, or the given number. A plain addition where it is called: the registry sees the sums when it is read. */
  counter<const Sets extends LabelSets>(name: string, help: string, sets: Sets): Metric<Sets> {
    const fold = closed(name, sets);
    const names = Object.keys(sets);
    const allowed = names.map((label) => new Set(sets[label]));
    const tallies = new Map<string, { readonly labels: Record<string, string>; sum: number }>();
    // oxlint-disable-next-line no-new -- it lives in the registry, which asks it for its sums
    new Counter({
      name,
      help,
      labelNames: names,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { labels, sum } of tallies.values()) this.inc(labels, sum);
      },
    });
    return {
      record(labels, value = 1) {
        let key = '';
        for (let index = 0; index < names.length; index += 1) {
          const given = labels[names[index] ?? ''] ?? '';
          key += `\0${allowed[index]?.has(given) === true ? given : OTHER}`;
        }
        const tally = tallies.get(key);
        if (tally === undefined) tallies.set(key, { labels: fold(labels), sum: value });
        else tally.sum += value;
      },
    };
  }

  /** Shows a current value; `record` sets it. */
  gauge<const Sets extends LabelSets>(name: string, help: string, sets: Sets): Metric<Sets> {
    const fold = closed(name, sets);
    const gauge = new Gauge({ name, help, labelNames: Object.keys(sets), registers: [this.#registry] });
    return { record: (labels, value = 1) => gauge.set(fold(labels), value) };
  }

  /** Shows values that are asked for when the registry is read. */
  watch<const Sets extends LabelSets>(name: string, help: string, sets: Sets, read: () => Iterable<readonly [Labels<Sets>, number]>): void {
    const fold = closed(name, sets);
    // oxlint-disable-next-line no-new -- it lives in the registry, which asks it for its values
    new Gauge({
      name,
      help,
      labelNames: Object.keys(sets),
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.set(fold(labels), value);
      },
    });
  }

  /** Spreads observations, such as seconds, over buckets. */
  histogram<const Sets extends LabelSets>(name: string, help: string, sets: Sets, buckets: readonly number[]): Metric<Sets> {
    const fold = closed(name, sets);
    const histogram = new Histogram({ name, help, labelNames: Object.keys(sets), buckets: [...buckets], registers: [this.#registry] });
    return { record: (labels, value = 1) => histogram.observe(fold(labels), value) };
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything in the exposition format of Prometheus. */
  async text(): Promise<string> {
    return this.#registry.metrics();
  }
}
