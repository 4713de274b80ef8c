import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Client, Pool, type QueryResult } from 'pg';

/**
 * What SCIM costs at least on this machine with these means: node's own server, one JSONB row per resource, one prepared
 * statement per request; nothing is validated, kept apart, audited or versioned. It speaks as much SCIM as the bench asks.
 */
const TABLES = `
  create table person (id uuid primary key, user_name text not null unique, document jsonb not null);
  create table crowd (id uuid primary key, document jsonb not null);
  create table belongs (crowd_id uuid, person_id uuid, primary key (crowd_id, person_id))`;

/** Plans stay those of large tables however small they were when first asked, as in the hub. */
const SESSION = '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan';

type Answer = readonly [status: number, body?: string];
type Ask = (name: string, text: string, values: readonly unknown[]) => Promise<QueryResult<{ text: string; total?: number }>>;

interface Call {
  readonly method: string;
  readonly id: string | undefined;
  readonly query: URLSearchParams;
  readonly body: string;
}

const MISSING: Answer = [404, '{}'];

const first = ({ rows }: QueryResult<{ text: string }>): Answer => {
  const text = rows[0]?.text;
  return text === undefined ? MISSING : [200, text];
};

const listOf = ({ rows }: QueryResult<{ text: string; total?: number }>): Answer => [
  200,
  `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":${rows[0]?.total ?? rows.length},"itemsPerPage":${rows.length},"Resources":[${rows.map(({ text }) => text).join(',')}]}`,
];

async function listUsers(query: URLSearchParams, ask: Ask): Promise<Answer> {
  const name = /^userName eq "([^"]*)"$/.exec(query.get('filter') ?? '')?.[1];
  if (name !== undefined) return listOf(await ask('by-name', 'select document::text as text from person where user_name = $1', [name]));
  const [start, count] = [Number(query.get('startIndex') ?? 1), Number(query.get('count') ?? 100)];
  return listOf(await ask('page', 'select document::text as text, (select count(*)::int from person) as total from person order by id limit $1 offset $2', [count, start - 1]));
}

async function onUsers({ method, id, query, body }: Call, ask: Ask): Promise<Answer> {
  if (method === 'GET') return id === undefined ? listUsers(query, ask) : first(await ask('read', 'select document::text as text from person where id = $1', [id]));
  if (method === 'POST') {
    const user = { ...(JSON.parse(body) as { userName: string }), id: randomUUID() };
    const document = JSON.stringify(user);
    await ask('create', 'insert into person (id, user_name, document) values ($1, $2, $3)', [user.id, user.userName, document]);
    return [201, document];
  }
  if (method === 'PUT') return first(await ask('put', 'update person set document = $2 where id = $1 returning document::text as text', [id, JSON.stringify({ ...(JSON.parse(body) as object), id })]));
  const { value } = operationOf(body);
  return first(await ask('patch', 'update person set document = document || $2 where id = $1 returning document::text as text', [id, JSON.stringify({ active: value === 'True' })]));
}

const operationOf = (body: string): { path: string; value: unknown } => (JSON.parse(body) as { Operations: [{ path: string; value: unknown }] }).Operations[0];

async function onGroups({ method, id, body }: Call, ask: Ask): Promise<Answer> {
  if (method === 'POST') {
    const document = JSON.stringify({ ...(JSON.parse(body) as object), id: randomUUID() });
    return [201, (await ask('create-group', `insert into crowd (id, document) values (($1::jsonb ->> 'id')::uuid, $1) returning document::text as text`, [document])).rows[0]?.text ?? ''];
  }
  if (method === 'GET') {
    const members = `select jsonb_agg(jsonb_build_object('value', person_id)) from belongs where crowd_id = crowd.id`;
    return first(await ask('read-group', `select (document || jsonb_build_object('members', coalesce((${members}), '[]')))::text as text from crowd where id = $1`, [id]));
  }
  const { path, value } = operationOf(body);
  const gone = /value eq "([^"]+)"/.exec(path)?.[1];
  if (gone === undefined) await ask('add', 'insert into belongs (crowd_id, person_id) values ($1, $2) on conflict do nothing', [id, (value as [{ value: string }])[0].value]);
  else await ask('remove', 'delete from belongs where crowd_id = $1 and person_id = $2', [id, gone]);
  return [204];
}

async function textOf(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET') return '';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function answer(request: IncomingMessage, ask: Ask): Promise<Answer> {
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const [, type, id] = path.split('/');
  if (type === 'readyz') return [200, '{}'];
  const call = { method: request.method ?? '', id, query: new URLSearchParams(search), body: await textOf(request) };
  if (type === 'Users') return onUsers(call, ask);
  return type === 'Groups' ? onGroups(call, ask) : MISSING;
}

const [connectionString = '', port = '0'] = process.argv.slice(2);
const owner = new Client({ connectionString });
await owner.connect();
await owner.query(TABLES);
await owner.end();
const pool = new Pool({ connectionString, max: 8, options: SESSION });
const ask: Ask = (name, text, values) => pool.query({ name, text, values: [...values] });

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [status, body] = await answer(request, ask).catch((error: unknown): Answer => [500, JSON.stringify({ detail: String(error) })]);
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'Content-Type': 'application/scim+json', 'Content-Length': Buffer.byteLength(body) }).end(body);
}

createServer((request, response) => void serve(request, response)).listen(Number(port), '127.0.0.1');
