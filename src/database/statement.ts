import type { Several } from './several.ts';

/** One SQL statement as a value: stores build these, the floor runs them. Nothing here touches a connection. */
export interface Statement {
  /**
   * Name of the prepared statement; one name means one text, for the whole process. Without a name (`''`) it is parsed
   * and planned each time and leaves nothing behind on the connection.
   */
  readonly name: string;
  readonly text: string;
  /** Bound as `$1…`. Arrays become PostgreSQL arrays; give jsonb as a JSON string, or as a plain object (never an array). */
  readonly values: readonly unknown[];
  /**
   * How companions of a shared batch write the same as one statement; its rows are then answered to each of them. It must
   * build on nothing before it but the opening, and needs no `tells`.
   */
  readonly several?: Several;
  /** Names of what the statement tells of, for whoever counts once it is committed. */
  readonly told?: readonly string[];
  /** Whether the rows say that it was told; without it, it always is. */
  readonly tells?: (rows: readonly Row[]) => boolean;
}

/** A row by column name: `int8` is a number (a bigint when unsafe), `timestamptz` a Date, `date` and `numeric` strings, `jsonb` parsed. */
export type Row = Record<string, unknown>;

/** What a statement that answered with these rows has told of. */
export const toldBy = ({ told = [], tells }: Statement, rows: readonly Row[]): readonly string[] => (tells === undefined || tells(rows) ? told : []);

/** On whose behalf the statements after it run. Row-level-security policies and audit triggers read it. */
export interface OrganizationContext {
  readonly orgId: string;
  readonly accountId?: string;
  /** Who acts: `scim:<token id>`, `operator:<account id>`, `system`. */
  readonly actor: string;
}

const CONTEXT = `select set_config('app.org_id', $1, true), set_config('app.account_id', $2, true), set_config('app.actor', $3, true)`;

/** First statement of a batch: the rest of that batch, and nothing after it, sees this organization. */
export function organizationContext(context: OrganizationContext): Statement {
  return { name: 'database.context', text: CONTEXT, values: [context.orgId, context.accountId ?? '', context.actor] };
}

/** As above for work outside any organization: organization tables stay empty, instance tables are seen. */
export function instanceContext(actor: string): Statement {
  return { name: 'database.context', text: CONTEXT, values: ['', '', actor] };
}
