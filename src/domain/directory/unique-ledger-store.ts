import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type AdministrativeTransaction, type Database, type Row, type Statement, organizationContext } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { OrganizationSchema } from './organization-schema.ts';
import type { OrganizationSchemaStore } from './organization-schema-store.ts';
import type { UniqueClash, UniqueRules } from './unique-value.ts';
import { fillUniqueValues, readUniqueClashes } from './unique-fill-store.ts';

/** Makes the organization's unique values complete by these rules, inside the change that brings the rules. */
export type KeepUnique = (tx: AdministrativeTransaction, rules: UniqueRules | undefined) => Promise<readonly UniqueClash[]>;

export interface UniqueLedgerOptions {
  readonly database: Pick<Database, 'batch' | 'withOrganization'>;
  readonly schemas: Pick<OrganizationSchemaStore, 'list' | 'lock'>;
  /** What the files of this node make unique, in every organization: the mark of the rules, or nothing. */
  readonly files: string | undefined;
  /** When this node was started, in milliseconds. */
  readonly startedAt: number;
}

interface Standing {
  readonly kept: string | undefined;
  /** Somebody is making the values anew. */
  readonly closed: boolean;
  readonly files: string;
  readonly filesSince: number;
}

/** Who closed a ledger and did not come back within this time has died; in seconds. */
const ABANDONED = 15;
const LONGEST_WAIT = 10_000;

const unsettled = (): DomainError => new DomainError('unavailable', 'directory.unique_unsettled', 'What must be unique in this organization is being changed, or requests from before do not end; try again in a moment.');

/**
 * By which rules the unique values of organizations are kept. Who writes says by which rules it wrote and is undone when they
 * are not those of the ledger. To change them the ledger is closed, so that nobody writes; requests that began before are
 * waited for; the values are made anew together with what changes the rules; and it is open again. So there is never a
 * moment in which a value is looked for that somebody has written and not entered.
 */
export class UniqueLedger {
  readonly #options: UniqueLedgerOptions;

  constructor(options: UniqueLedgerOptions) {
    this.#options = options;
  }

  /**
   * Does what may change the rules, in one transaction that calls `keep` once with the rules as they then are.
   * @param foreseen the rules as they will be, as far as can be told before
   */
  async change<T>(orgId: string, foreseen: () => Promise<UniqueRules | undefined>, work: (keep: KeepUnique) => Promise<T>): Promise<T> {
    const end = performance.now() + LONGEST_WAIT;
    for (;;) {
      const standing = await this.#read(orgId);
      if (!standing.closed) {
        if (standing.kept === (await foreseen())?.mark) {
          const done = await unlessMoved(work((tx, rules) => keepSame(tx, orgId, rules)));
          if (done !== 'moved') return done.value;
        } else {
          this.#assertNewest(standing);
          const by = randomUUID();
          if (await this.#close(orgId, by, standing)) return this.#changeClosed(orgId, by, end, work);
        }
      }
      if (performance.now() > end) throw unsettled();
      await pause(25);
    }
  }

  /**
   * Keeps an organization by the rules that its schemas and the files of this node make.
   * @param rulesOf what schemas of the organization make unique, with those of the files
   * @returns values that several had already; each of these stays with who has it, and nobody else gets it
   */
  settle(orgId: string, rulesOf: (schemas: readonly OrganizationSchema[]) => UniqueRules | undefined): Promise<readonly UniqueClash[]> {
    const { database, schemas } = this.#options;
    return this.change(
      orgId,
      async () => rulesOf(await schemas.list(orgId)),
      (keep) => database.withOrganization({ orgId, actor: 'system' }, async (tx) => keep(tx, rulesOf(await schemas.lock(tx, orgId)))),
    );
  }

  async #changeClosed<T>(orgId: string, by: string, end: number, work: (keep: KeepUnique) => Promise<T>): Promise<T> {
    try {
      await this.#waitForRequests(end);
      return await work((tx, rules) => this.#keepAnew(tx, orgId, by, rules));
    } catch (error) {
      await this.#ask(orgId, { name: 'directory.unique-ledger.reopen', text: 'update unique_ledger set closed_by = null, closed_at = null where org_id = $1 and closed_by = $2', values: [orgId, by] });
      throw error;
    }
  }

  /** Those that have begun with the ledger open. Whoever begins from now on finds it closed. */
  async #waitForRequests(end: number): Promise<void> {
    const read = async (): Promise<string[]> => {
      const [[row] = []] = await this.#options.database.batch([{ name: 'directory.unique-ledger.requests', text: 'select requests_under_way() as running', values: [] }]);
      return row?.['running'] as string[];
    };
    const before = new Set(await read());
    let left = before.size;
    while (left > 0) {
      if (performance.now() > end) throw unsettled();
      await pause(5);
      left = (await read()).filter((one) => before.has(one)).length;
    }
  }

  async #keepAnew(tx: AdministrativeTransaction, orgId: string, by: string, rules: UniqueRules | undefined): Promise<readonly UniqueClash[]> {
    const rows = await tx.sql('select 1 from unique_ledger where org_id = $1 and closed_by = $2 for update', [orgId, by]);
    if (rows.length === 0) throw unsettled();
    await fillUniqueValues(tx, orgId, rules);
    await tx.sql('update unique_ledger set kept = $2, closed_by = null, closed_at = null, files = $3, files_since = to_timestamp($4::float8 / 1000) where org_id = $1', [
      orgId,
      rules?.mark ?? null,
      this.#options.files ?? '',
      this.#options.startedAt,
    ]);
    return rules === undefined ? [] : readUniqueClashes(tx, orgId);
  }

  /** Nodes with different files would make the values anew in turns: the one that was started last is right. */
  #assertNewest({ files, filesSince }: Standing): void {
    if (files === (this.#options.files ?? '') || filesSince <= this.#options.startedAt) return;
    throw new DomainError('unavailable', 'directory.unique_files_differ', 'A node that was started later has other files in scim-schemas; restart this node with the same files.');
  }

  async #read(orgId: string): Promise<Standing> {
    const [row] = await this.#ask(orgId, {
      name: 'directory.unique-ledger.read',
      text: `select kept, files, (extract(epoch from files_since) * 1000)::float8 as files_since,
                    closed_by is not null and closed_at > now() - make_interval(secs => ${ABANDONED}) as closed, closed_by is not null as touched
               from unique_ledger where org_id = $1`,
      values: [orgId],
    });
    // A ledger that was left closed is by nobody's rules.
    const kept = row?.['touched'] === true ? '' : ((row?.['kept'] ?? undefined) as string | undefined);
    return { kept, closed: row?.['closed'] === true, files: (row?.['files'] ?? '') as string, filesSince: (row?.['files_since'] ?? -Infinity) as number };
  }

  /** @returns whether it still stood as it was seen, or was left closed by somebody who died; who still works has its row */
  async #close(orgId: string, by: string, seen: Standing): Promise<boolean> {
    await this.#ask(orgId, { name: 'directory.unique-ledger.begin', text: 'insert into unique_ledger (org_id) values ($1) on conflict do nothing', values: [orgId] });
    const rows = await this.#ask(orgId, {
      name: 'directory.unique-ledger.close',
      text: `update unique_ledger l set closed_by = $2, closed_at = now()
              where l.org_id in (select f.org_id from unique_ledger f
                                  where f.org_id = $1
                                    and (f.closed_by is null and f.kept is not distinct from $3 or f.closed_at < now() - make_interval(secs => ${ABANDONED}))
                                    for update skip locked)
             returning true as mine`,
      values: [orgId, by, seen.kept ?? null],
    });
    return rows.length > 0;
  }

  async #ask(orgId: string, statement: Statement): Promise<Row[]> {
    const [, rows = []] = await this.#options.database.batch([organizationContext({ orgId, actor: 'system' }), statement]);
    return rows;
  }
}

/** The ledger is no longer as it was when it was looked at: what was begun on it is undone, and begun again. */
class Moved extends Error {}

const unlessMoved = <T>(work: Promise<T>): Promise<{ readonly value: T } | 'moved'> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => {
      if (error instanceof Moved) return 'moved';
      throw error;
    },
  );

/** Nothing about uniqueness changes: said again under lock, for rules and ledger may have changed meanwhile. */
async function keepSame(tx: AdministrativeTransaction, orgId: string, rules: UniqueRules | undefined): Promise<readonly UniqueClash[]> {
  const [row] = await tx.sql('select kept, closed_by from unique_ledger where org_id = $1 for share', [orgId]);
  if ((row?.['closed_by'] ?? null) !== null || (row?.['kept'] ?? undefined) !== rules?.mark) throw new Moved();
  return [];
}
