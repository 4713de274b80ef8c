import { CliError } from './cli-error.ts';
import type { HubAccess } from './hub-access.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** What the hub answered: JSON of a shape that the caller looks into with care. */
export type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An address below `/v1/admin`; every value is escaped, so that none can lead elsewhere. */
export const path = (parts: TemplateStringsArray, ...values: readonly string[]): string =>
  parts.reduce((text, part, index) => `${text}${encodeURIComponent(values[index - 1] ?? '')}${part}`);

/** Talks to the administration API of a running hub. */
export class AdminClient {
  readonly #access: HubAccess;

  constructor(access: HubAccess) {
    this.#access = access;
  }

  get(address: string, query: Query = {}): Promise<Json> {
    return this.#send('GET', address, query);
  }

  /** @param method POST, PUT, PATCH or DELETE */
  send(method: string, address: string, body?: Json, query: Query = {}): Promise<Json> {
    return this.#send(method, address, query, body);
  }

  /** All pages of a list, one after another. */
  async list(address: string, query: Query = {}, most = Infinity): Promise<Json[]> {
    const items: Json[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.get(address, { ...query, cursor });
      items.push(...(Array.isArray(page['items']) ? page['items'].filter(isObject) : []));
      cursor = typeof page['next'] === 'string' ? page['next'] : undefined;
    } while (cursor !== undefined && items.length < most);
    return items.slice(0, most);
  }

  async #send(method: string, address: string, query: Query, body?: Json): Promise<Json> {
    const url = new URL(`${this.#access.url}/v1/admin${address}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const response = await this.#fetch(url, method, body);
    const answer: unknown = response.status === 204 ? {} : await response.json().catch(() => undefined);
    if (response.ok && isObject(answer)) return answer;
    throw new CliError(this.#reason(response.status, isObject(answer) ? answer : undefined));
  }

  async #fetch(url: URL, method: string, body: Json | undefined): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#access.token}`, accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    try {
      // A redirect would carry the token to wherever it leads.
      return await fetch(url, { method, headers, redirect: 'error', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
      throw new CliError(`No hub answers at ${this.#access.url}${code}. Start it with npm start, or set GATEHOUSE_URL.`, { cause: error });
    }
  }

  #reason(status: number, problem: Json | undefined): string {
    if (status === 401) return `The hub at ${this.#access.url} does not accept the token from ${this.#access.tokenSource}.`;
    if (typeof problem?.['detail'] !== 'string') return `${this.#access.url} answered ${status} in a way no hub does; is GATEHOUSE_URL right?`;
    return `${problem['detail']} (${String(problem['code'])}, request ${String(problem['requestId'])})`;
  }
}
