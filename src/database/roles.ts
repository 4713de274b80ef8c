import { escapeIdentifier, type Client } from 'pg';
import { DomainError } from '../platform/errors.ts';
import { sqlState } from './statement-error.ts';

/** Whose rights the hub's queries have: no superuser, no BYPASSRLS, owning nothing. */
export const APPLICATION_ROLE = 'gatehouse_app';
/** Owns the functions that look beyond one organization, each filtering by itself. Nobody logs in as it. */
export const DEFINER_ROLE = 'gatehouse_definer';
/** Reads and writes the OpenID provider's artifacts in schema `oidc`, and nothing else. */
export const PROVIDER_ROLE = 'gatehouse_provider';

const ROLES = [APPLICATION_ROLE, DEFINER_ROLE, PROVIDER_ROLE] as const;
const EXTENSIONS = ['pg_trgm', 'btree_gin'] as const;

interface Standing {
  readonly owner: string;
  readonly version: number;
  readonly roles: readonly string[];
  /** Roles the owner, respectively the application's login, may take. */
  readonly owner_may: readonly string[];
  readonly login_may: readonly string[];
  readonly login_exists: boolean;
  readonly extensions: readonly string[];
  readonly definer_creates: boolean;
}

/** A grant without the right to SET is no use to us; the privilege type exists from PostgreSQL 16 on. */
const standingQuery = (version: number): string => {
  const privilege = version >= 160_000 ? 'SET' : 'MEMBER';
  return `select current_user as owner, current_setting('server_version_num')::int as version,
    array(select rolname::text from pg_roles where rolname = any($1)) as roles,
    array(select rolname::text from pg_roles where rolname = any($1) and pg_has_role(current_user, oid, '${privilege}')) as owner_may,
    array(select r.rolname::text from pg_roles r join pg_roles l on l.rolname = $2
           where r.rolname = any($1) and pg_has_role(l.oid, r.oid, '${privilege}')) as login_may,
    exists (select from pg_roles where rolname = $2) as login_exists,
    array(select extname::text from pg_extension) as extensions,
    exists (select from pg_roles where rolname = '${DEFINER_ROLE}' and has_schema_privilege(oid, 'public', 'CREATE')) as definer_creates`;
};

/** What is missing, as SQL: run by us if we may, shown to an administrator if not. */
function missing(standing: Standing, login: string): string[] {
  const option = standing.version >= 160_000 ? ' with inherit false, set true' : '';
  const created = ROLES.filter((role) => !standing.roles.includes(role)).map((role) => `create role ${role} nologin`);
  const toOwner = ROLES.filter((role) => !standing.owner_may.includes(role)).map((role) => `grant ${role} to ${escapeIdentifier(standing.owner)}${option}`);
  const toLogin = [APPLICATION_ROLE, PROVIDER_ROLE]
    .filter((role) => login !== standing.owner && standing.login_exists && !standing.login_may.includes(role))
    .map((role) => `grant ${role} to ${escapeIdentifier(login)}${option}`);
  const schema = standing.definer_creates
    ? []
    : [`grant usage on schema public to ${APPLICATION_ROLE}, ${PROVIDER_ROLE}`, `grant usage, create on schema public to ${DEFINER_ROLE}`];
  return [...created, ...toOwner, ...toLogin, ...schema];
}

const RETRIES = 5;

function notAllowed(todo: readonly string[], cause?: unknown): DomainError {
  return new DomainError('unavailable', 'database.missing_privilege', `The database owner may not create or grant the hub's roles; let an administrator run: ${todo.join('; ')};`, { cause });
}

/** Another node, or another database of the same cluster, did the same at the same moment. */
const DONE_BY_ANOTHER = ['42710', '23505', 'XX000', '0LP01'];

/**
 * Creates the three roles and lets owner and login take them; nothing to do is one query. Roles belong to the whole cluster,
 * so an advisory lock (which belongs to one database) cannot keep two databases apart: the loser looks again.
 */
export async function ensureRoles(owner: Client, login: string, version: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { rows } = await owner.query<Standing>(standingQuery(version), [[...ROLES], login]);
    const standing = rows[0];
    const todo = standing === undefined ? [] : missing(standing, login);
    if (todo.length === 0) return;
    // a grant the owner has no right to give is only warned about: it is still missing the next time
    if (attempt > RETRIES) throw notAllowed(todo);
    try {
      for (const statement of todo) await owner.query(statement);
    } catch (error) {
      const state = sqlState(error) ?? '';
      if (state === '42501') throw notAllowed(todo, error);
      if (!DONE_BY_ANOTHER.includes(state) || attempt >= RETRIES) throw error;
    }
  }
}

/** Installs the extensions the schema indexes with; both are trusted, so owning the database is enough. */
export async function ensureExtensions(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ extname: string }>('select extname::text from pg_extension');
  for (const name of EXTENSIONS.filter((wanted) => !rows.some(({ extname }) => extname === wanted))) {
    try {
      await owner.query(`create extension if not exists ${name}`);
    } catch (error) {
      const state = sqlState(error) ?? '';
      if (DONE_BY_ANOTHER.includes(state)) continue;
      throw new DomainError('unavailable', 'database.missing_extension', `PostgreSQL cannot load the extension ${name}; install the server's contrib package, or let an administrator run: create extension ${name};`, { cause: error });
    }
  }
}
