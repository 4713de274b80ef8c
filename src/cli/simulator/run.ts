import { CliError } from '../cli-error.ts';
import { harmless } from '../output.ts';
import { Company } from './company.ts';
import { Entra } from './entra.ts';
import { isList } from './expectations.ts';
import { IdTable } from './id-table.ts';
import { Okta, type OktaApplication } from './okta.ts';
import { type Phase, phasesOf } from './phases.ts';
import { Ledger, type Report } from './report.ts';
import { ScimClient, TransportError } from './scim-client.ts';
import type { Answer, Script, Step, Tenancy, Vendor } from './step.ts';
import { remarksOn } from './strictness.ts';

export interface SimulationOptions {
  readonly vendor: 'okta' | 'entra';
  /** Base of any SCIM 2.0 service; `?aadOptscim062020` at its end has Entra speak as it does with that flag. */
  readonly url: string;
  readonly token: string;
  readonly people: number;
  readonly groups: number;
  /** Incremental cycles after the initial one. */
  readonly cycles?: number;
  readonly seed?: number;
  readonly concurrency?: number;
  /** Of the people's addresses. */
  readonly domain?: string;
  readonly oktaApplication?: OktaApplication;
  /** Leaves people and groups where they are, as the demo wants it. */
  readonly keep?: boolean;
  readonly timeoutMilliseconds?: number;
  /** Ends it after the requests under way; the report tells how far it came. */
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly requests: number;
  readonly failures: number;
}

/** So many requests in a row without an answer: nobody is there any more. */
const LAST_STRAW = 25;

/** Why a script did not go on. */
class Setback {
  readonly reason: string;
  /** None when none came. */
  readonly answer: Answer | undefined;

  constructor(reason: string, answer: Answer | undefined) {
    this.reason = reason;
    this.answer = answer;
  }
}

class Simulation {
  readonly ledger = new Ledger();
  readonly #client: ScimClient;
  readonly #concurrency: number;
  readonly #onProgress: (progress: Progress) => void;
  #silent = 0;
  aborted: string | undefined;

  constructor(client: ScimClient, concurrency: number, onProgress: (progress: Progress) => void) {
    this.#client = client;
    this.#concurrency = concurrency;
    this.#onProgress = onProgress;
  }

  /** What is wrong, if anything. */
  #judge(step: Step, answer: Answer): string | undefined {
    for (const rule of remarksOn(step, answer)) this.ledger.remarked(step, rule);
    if (!step.statuses.includes(answer.status)) {
      if (answer.status === 401) this.aborted = 'The server no longer accepts the token.';
      return `status ${answer.status}; it must be ${step.statuses.join(' or ')}.`;
    }
    return step.check?.(answer.body);
  }

  async #take(step: Step): Promise<Answer | Setback> {
    try {
      const { answer, milliseconds, waits } = await this.#client.send(step.method, step.path, step.body);
      this.#silent = 0;
      this.ledger.answered(step, milliseconds, waits);
      const reason = this.#judge(step, answer);
      if (reason === undefined) return answer;
      this.ledger.failed(step, reason, answer);
      return new Setback(reason, answer);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      this.#silent += 1;
      if (this.#silent >= LAST_STRAW) this.aborted = `The server does not answer any more (${error.message}).`;
      this.ledger.failed(step, `no answer (${error.message})`, undefined);
      return new Setback(error.message, undefined);
    }
  }

  /** A script ends at its first failure, which is returned: what would follow builds upon it. */
  async play(script: Script): Promise<Setback | undefined> {
    let next = script.next();
    while (next.done !== true) {
      const answer = await this.#take(next.value);
      if (answer instanceof Setback) return answer;
      next = script.next(answer);
    }
    return undefined;
  }

  /** As many scripts at a time as there are connections; each is made when its turn comes. */
  async playAll(phase: Phase): Promise<void> {
    const begun = performance.now();
    const scripts = phase.scripts();
    let done = 0;
    const tell = (): void => this.#onProgress({ phase: phase.title, done, total: phase.total, requests: this.ledger.requests, failures: this.ledger.failures });
    const work = async (): Promise<void> => {
      for (let next = scripts.next(); next.done !== true && this.aborted === undefined; next = scripts.next()) {
        await this.play(next.value);
        done += 1;
        tell();
      }
    };
    tell();
    await Promise.all(Array.from({ length: this.#concurrency }, work));
    this.ledger.phaseEnded(phase.title, done, (performance.now() - begun) / 1000);
  }
}

/** When already the first request fails, there is nobody to play with: one clear line says why. */
function assertServer({ url, token }: SimulationOptions, setback: Setback | undefined): void {
  if (!setback) return;
  const { reason, answer } = setback;
  if (!answer) throw new CliError(`No server answers at ${url} (${reason}).`);
  const { status } = answer;
  if (status === 401 || status === 403) throw new CliError(`The SCIM server at ${url} does not accept the token (status ${status}${token === '' ? '; it is empty' : ''}).`);
  if (status !== 200) throw new CliError(`${url} is not the base of a SCIM 2.0 service: GET /Users answered ${status}.`);
  const fault = isList(answer.body);
  if (fault !== undefined) throw new CliError(`${url} is not the base of a SCIM 2.0 service: GET /Users answered no list. ${harmless(fault)}`);
}

function baseOf(text: string): { base: string; compliant: boolean } {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new CliError(`The SCIM base must be an http or https address, not ${JSON.stringify(text)}.`);
  const url = new URL(text);
  const compliant = url.searchParams.has('aadOptscim062020');
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, compliant };
}

/**
 * Plays a vendor against a server: connection test, initial cycle, incremental cycles, verification, and, unless it is
 * told to keep them, the removal of everybody it made.
 * @throws CliError when there is nobody to talk to; what goes wrong later stands in the report
 */
export async function simulate(options: SimulationOptions, onProgress: (progress: Progress) => void = () => undefined): Promise<Report> {
  const { people, groups, cycles = 2, seed = 1, concurrency = 8, domain = 'people.example', oktaApplication = 'catalog', keep = false } = options;
  const { base, compliant } = baseOf(options.url);
  const tenancy: Tenancy = { company: new Company({ people, groups, cycles, seed, domain }), users: new IdTable(people), groups: new IdTable(groups) };
  const vendor: Vendor = options.vendor === 'okta' ? new Okta(tenancy, oktaApplication) : new Entra(tenancy, compliant);
  const { headers, contentType } = vendor;
  const client = new ScimClient({ base, token: options.token, headers, contentType, connections: concurrency, timeoutMilliseconds: options.timeoutMilliseconds ?? 60_000 });
  const begun = performance.now();
  try {
    const simulation = new Simulation(client, concurrency, onProgress);
    options.signal?.addEventListener('abort', () => void (simulation.aborted = 'It was told to stop.'), { once: true });
    options.signal?.throwIfAborted();
    const setback = await simulation.play(vendor.connectionTest());
    if (simulation.ledger.requests <= 1) assertServer(options, setback);
    for (const phase of phasesOf(tenancy, vendor, keep)) if (simulation.aborted === undefined) await simulation.playAll(phase);
    const facts = { vendor: vendor.name, url: base, people, groups, cycles, seed, concurrency };
    return simulation.ledger.report(facts, (performance.now() - begun) / 1000, simulation.aborted);
  } finally {
    client.close();
  }
}
