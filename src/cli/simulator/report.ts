import { LatencyHistogram } from './latency-histogram.ts';
import type { Answer, Step } from './step.ts';

export interface KindReport {
  readonly kind: string;
  readonly requests: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Failure {
  readonly reason: string;
  readonly request: { readonly kind: string; readonly method: string; readonly path: string; readonly body?: string };
  readonly response?: { readonly status: number; readonly body: string };
}

export interface PhaseReport {
  readonly phase: string;
  readonly scripts: number;
  readonly seconds: number;
  /** Of the simulator itself at the end of the phase: it must not grow with what was sent. */
  readonly residentMiB: number;
}

export interface Report {
  readonly vendor: string;
  readonly url: string;
  readonly people: number;
  readonly groups: number;
  readonly cycles: number;
  readonly seed: number;
  readonly concurrency: number;
  readonly seconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Requests that were sent again because the server asked to wait. */
  readonly waits: number;
  readonly failures: number;
  /** Requests of the verification alone. */
  readonly verified: { readonly requests: number; readonly failed: number };
  readonly firstFailure?: Failure;
  /** How often each thing went wrong, the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  /** What the vendor lets pass and the RFCs do not. */
  readonly remarks: readonly { readonly rule: string; readonly count: number; readonly example: string }[];
  readonly kinds: readonly KindReport[];
  readonly phases: readonly PhaseReport[];
  /** Why it ended before its end. */
  readonly aborted?: string;
}

const MOST_REASONS = 50;
const MOST_TEXT = 2_000;

interface Tally {
  readonly latencies: LatencyHistogram;
  failed: number;
}

const clipped = (text: string): string => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}… (${text.length} characters)` : text);
const textOf = (body: unknown): string => clipped(JSON.stringify(body) ?? '');

/** Ids and names differ from one failure to the next: the sentence without them says what is wrong. */
const generalised = (reason: string): string => reason.replace(/"(?:[^"\\]|\\.)*"/g, '"…"').replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '…').replace(/\b\d+\b/g, '#');

/** Gathers what happened, in constant memory. */
export class Ledger {
  readonly #kinds = new Map<string, Tally>();
  readonly #reasons = new Map<string, number>();
  readonly #remarks = new Map<string, { count: number; example: string }>();
  readonly #phases: PhaseReport[] = [];
  #firstFailure: Failure | undefined;
  #failures = 0;
  #requests = 0;
  #waits = 0;

  get failures(): number {
    return this.#failures;
  }

  get requests(): number {
    return this.#requests;
  }

  #tally(kind: string): Tally {
    const known = this.#kinds.get(kind);
    if (known) return known;
    const fresh = { latencies: new LatencyHistogram(), failed: 0 };
    this.#kinds.set(kind, fresh);
    return fresh;
  }

  answered(step: Step, milliseconds: number, waits: number): void {
    this.#requests += 1;
    this.#waits += waits;
    this.#tally(step.kind).latencies.add(milliseconds);
  }

  failed(step: Step, reason: string, answer: Answer | undefined): void {
    this.#failures += 1;
    this.#tally(step.kind).failed += 1;
    const general = `${step.kind}: ${generalised(reason)}`;
    if (this.#reasons.has(general) || this.#reasons.size < MOST_REASONS) this.#reasons.set(general, (this.#reasons.get(general) ?? 0) + 1);
    this.#firstFailure ??= {
      reason,
      request: { kind: step.kind, method: step.method, path: step.path, ...(step.body !== undefined && { body: textOf(step.body) }) },
      ...(answer && { response: { status: answer.status, body: clipped(answer.text) } }),
    };
  }

  remarked(step: Step, rule: string): void {
    const known = this.#remarks.get(rule) ?? { count: 0, example: `${step.method} ${clipped(step.path)}` };
    known.count += 1;
    this.#remarks.set(rule, known);
  }

  phaseEnded(phase: string, scripts: number, seconds: number): void {
    this.#phases.push({ phase, scripts, seconds: Number(seconds.toFixed(2)), residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) });
  }

  /** @param facts what was asked for */
  report(facts: Pick<Report, 'vendor' | 'url' | 'people' | 'groups' | 'cycles' | 'seed' | 'concurrency'>, seconds: number, aborted: string | undefined): Report {
    const kinds = [...this.#kinds].map(([kind, { latencies, failed }]) => {
      const [p50, p95, p99] = [latencies.percentile(0.5), latencies.percentile(0.95), latencies.percentile(0.99)];
      return { kind, requests: latencies.count, failed, p50, p95, p99 };
    });
    const verification = kinds.filter(({ kind }) => kind.startsWith('verify '));
    const sum = (key: 'requests' | 'failed'): number => verification.reduce((total, one) => total + one[key], 0);
    return {
      ...facts,
      seconds: Number(seconds.toFixed(2)),
      requests: this.#requests,
      requestsPerSecond: Math.round(this.#requests / Math.max(seconds, 0.001)),
      waits: this.#waits,
      failures: this.#failures,
      verified: { requests: sum('requests'), failed: sum('failed') },
      ...(this.#firstFailure && { firstFailure: this.#firstFailure }),
      reasons: [...this.#reasons].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
      remarks: [...this.#remarks].map(([rule, { count, example }]) => ({ rule, count, example })),
      kinds,
      phases: this.#phases,
      ...(aborted !== undefined && { aborted }),
    };
  }
}
