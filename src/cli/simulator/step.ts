import type { IdTable } from './id-table.ts';
import type { Company } from './company.ts';

/** What a server said, taken off the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed JSON; undefined when the body is empty or none. */
  readonly body: unknown;
}

/** One request of a vendor, with what the vendor makes of the answer. */
export interface Step {
  /** Stands in the report: `user create`. */
  readonly kind: string;
  readonly method: string;
  /** Below the base, with query. */
  readonly path: string;
  readonly body?: unknown;
  /** Statuses with which the vendor goes on. */
  readonly statuses: readonly number[];
  /** What is wrong with a body, in a sentence; nothing when it will do. */
  readonly check?: (body: unknown) => string | undefined;
}

/** What a vendor does for one person or group: requests, each of which may depend on what was answered before. */
export type Script = Generator<Step, void, Answer>;

/** What a vendor remembers between cycles: the company, and under which ids the server knows it. */
export interface Tenancy {
  readonly company: Company;
  readonly users: IdTable;
  readonly groups: IdTable;
}

/** The habits of a vendor, as scripts. Cycle 0 is the initial one. */
export interface Vendor {
  readonly name: 'okta' | 'entra';
  readonly headers: Readonly<Record<string, string>>;
  /** Whether people who are gone for good are deleted, or only switched off. */
  readonly deletesUsers: boolean;
  readonly contentType: string;
  readonly connectionTest: () => Script;
  readonly createUser: (index: number) => Script;
  readonly changeUser: (index: number, cycle: number) => Script;
  readonly createGroup: (group: number) => Script;
  readonly changeGroup: (group: number, cycle: number, add: readonly number[], remove: readonly number[]) => Script;
}

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export const patchOf = (...operations: readonly object[]): object => ({ schemas: [PATCH_SCHEMA], Operations: operations });

/** A comparison as filters spell it (RFC 7644 §3.4.2.2): the value is a JSON string. */
export const equals = (attribute: string, value: string): string => `${attribute} eq ${JSON.stringify(value)}`;

/** Lists of at most so many. */
export function* chunks<T>(items: Iterable<T>, most: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length === most) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** Ids of people, without those whom the server never got to know. */
export function* idsOf(users: IdTable, people: Iterable<number>): Generator<[id: string, index: number]> {
  for (const index of people) {
    const id = users.get(index);
    if (id !== undefined) yield [id, index];
  }
}
