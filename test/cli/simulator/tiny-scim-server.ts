import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What the server does on purpose; most of it is wrong. */
export type Fault =
  | 'loses-members'
  | 'removes-everybody'
  | 'ignores-patch'
  | 'answers-the-old-state'
  | 'created-is-200'
  | 'ignores-filters'
  | 'suspends-nobody'
  | 'tells-the-password'
  | 'plain-json'
  | 'keeps-the-deleted'
  | 'asks-to-wait'
  | 'compresses'
  | 'hangs-up'
  | 'forgets-the-token';

type Resource = Record<string, unknown> & { id: string };
interface Operation {
  op: string;
  path?: string;
  value?: unknown;
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const kindOf = (collection: string): string => collection.slice(0, -1);
const truth = (value: unknown): unknown => (value === 'True' ? true : value === 'False' ? false : value);
const idIn = (path: string): string | undefined => /\[value eq "(.*)"\]/.exec(path)?.[1];

/** A SCIM server of a hundred lines that does what the simulated vendors need, except for one fault. */
export class TinyScimServer {
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: unknown }[] = [];
  fault: Fault | undefined;
  readonly #stores: Record<string, Map<string, Resource>> = { Users: new Map(), Groups: new Map() };
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  url = '';

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/scim`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get size(): number {
    return (this.#stores['Users']?.size ?? 0) + (this.#stores['Groups']?.size ?? 0);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    this.requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    const nth = this.requests.length;
    if (this.fault === 'hangs-up' && nth > 40) return void request.socket.destroy();
    if (this.fault === 'asks-to-wait' && nth % 3 === 0) return void response.writeHead(429, { 'Retry-After': '0' }).end();
    const refused = request.headers.authorization !== 'Bearer secret' || (this.fault === 'forgets-the-token' && nth > 40);
    const [status, answer] = refused ? this.#error(401) : this.#answer(request.method ?? '', new URL(request.url ?? '/', 'http://tiny'), body);
    const zip = this.fault === 'compresses' && request.headers['accept-encoding']?.includes('gzip') === true && status < 300 && answer !== undefined;
    const location = (answer?.['meta'] as { location?: string } | undefined)?.location;
    response.writeHead(status, {
      'Content-Type': this.fault === 'plain-json' ? 'application/json' : 'application/scim+json',
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
      ...(location !== undefined && { Location: location }),
      ...(zip && { 'Content-Encoding': 'gzip' }),
    });
    const told = answer === undefined ? undefined : JSON.stringify(answer);
    response.end(told !== undefined && zip ? gzipSync(told) : told);
  }

  #error(status: number): [number, Record<string, unknown>] {
    return [status, { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status) }];
  }

  #answer(method: string, url: URL, body: unknown): [number, Record<string, unknown>?] {
    const [, , collection = '', id] = url.pathname.split('/');
    if (collection === 'ServiceProviderConfig') return [200, { schemas: [], patch: { supported: true } }];
    const store = this.#stores[collection];
    if (!store) return this.#error(404);
    if (id === undefined) return method === 'POST' ? this.#create(collection, store, body as Resource) : [200, this.#list(store, url.searchParams)];
    const resource = store.get(id);
    if (!resource) return this.#error(404);
    if (method === 'DELETE') return this.#delete(store, id);
    if (method === 'PUT') Object.assign(resource, { title: undefined }, body);
    if (method === 'PATCH' && this.fault !== 'ignores-patch') for (const operation of (body as { Operations: Operation[] }).Operations) this.#apply(resource, operation);
    if (method === 'PATCH' && this.fault !== 'answers-the-old-state') return [204];
    if (method === 'PATCH') return [200, { ...resource, active: true }];
    const { members, ...rest } = resource;
    return [200, url.searchParams.get('excludedAttributes') === 'members' ? rest : { ...rest, ...(members !== undefined && { members }) }];
  }

  #create(collection: string, store: Map<string, Resource>, body: Resource): [number, Resource] {
    const id = `tiny-${randomUUID()}`;
    const { password, ...rest } = body;
    const resource: Resource = { ...rest, id, meta: { resourceType: kindOf(collection), location: `${this.url}/${collection}/${id}` } };
    if (this.fault === 'tells-the-password') resource['password'] = password;
    store.set(id, resource);
    return [this.fault === 'created-is-200' ? 200 : 201, resource];
  }

  #list(store: Map<string, Resource>, query: URLSearchParams): Record<string, unknown> {
    const [, attribute = '', value] = /^(\w+) eq "(.*?)"/.exec((this.fault === 'ignores-filters' ? undefined : query.get('filter')) ?? '') ?? [];
    const found = [...store.values()].filter((one) => value === undefined || one[attribute] === value);
    return { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: found.length, Resources: found.slice(0, 2) };
  }

  #delete(store: Map<string, Resource>, id: string): [number] {
    if (this.fault !== 'keeps-the-deleted') store.delete(id);
    for (const group of this.#stores['Groups']?.values() ?? []) this.#setMembers(group, this.#membersOf(group).filter((one) => one.value !== id));
    return [204];
  }

  readonly #membersOf = (group: Resource): { value: string }[] => (Array.isArray(group['members']) ? (group['members'] as { value: string }[]) : []);
  readonly #setMembers = (group: Resource, members: { value: string }[]): void => void (group['members'] = members);

  #apply(resource: Resource, { op, path, value }: Operation): void {
    if (path === undefined) for (const [key, one] of Object.entries(value as object)) this.#set(resource, key, one);
    else if (path.startsWith('members')) this.#changeMembers(resource, op.toLowerCase(), path, value as { value: string }[] | undefined);
    else this.#set(resource, path, op.toLowerCase() === 'remove' ? undefined : value);
  }

  #changeMembers(group: Resource, op: string, path: string, value: { value: string }[] = []): void {
    const named = idIn(path) === undefined ? value.map((one) => one.value) : [idIn(path)];
    const before = this.#membersOf(group);
    if (op === 'remove') this.#setMembers(group, this.fault === 'removes-everybody' ? [] : before.filter((one) => !named.includes(one.value)));
    else this.#setMembers(group, [...(op === 'replace' ? [] : before), ...(this.fault === 'loses-members' ? value.slice(1) : value)]);
  }

  #set(resource: Resource, path: string, raw: unknown): void {
    const value = truth(raw);
    if (path === 'active' && this.fault === 'suspends-nobody') return;
    const [, list, type] = /^(\w+)\[type eq "(\w+)"\]\.value$/.exec(path) ?? [];
    if (list !== undefined) {
      const others = ((resource[list] ?? []) as { type: string }[]).filter((one) => one.type !== type);
      resource[list] = [...others, { type, value }];
    } else if (path.startsWith(`${ENTERPRISE}:`)) {
      const name = path.slice(ENTERPRISE.length + 1);
      resource[ENTERPRISE] = { ...(resource[ENTERPRISE] as object), [name]: name === 'manager' ? { value } : value };
    } else if (path.startsWith('name.')) resource['name'] = { ...(resource['name'] as object), [path.slice(5)]: value };
    else resource[path] = value;
  }
}
