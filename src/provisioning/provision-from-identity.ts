import { type Row, type Statement, organizationContext, uniqueViolation } from '../database/index.ts';
import { insertGrants } from '../domain/access/index.ts';
import {
  type MemberProfile,
  type ToldGroups,
  bindIdentity,
  findIdentity,
  insertPerson,
  seeIdentity,
  updateMembershipProfile,
} from '../domain/accounts/index.ts';
import { appendAudit } from '../domain/audit/index.ts';
import { findUserForSignIn, isFed } from '../domain/directory/index.ts';
import { appendOutbox } from '../domain/outbox/index.ts';
import type { Identity } from '../federation/identity.ts';
import { DomainError } from '../platform/errors.ts';
import { uuidv7 } from '../platform/uuid.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { type LoadedMemberships, loadMemberships, newcomer, readLoaded, settleRoles } from './role-settlement.ts';

/** What decides about a sign-in through a connection. */
export interface SignInConnection {
  readonly id: string;
  readonly orgId: string;
  /** Which claim equals which attribute of a pushed user; null: push and sign-in are never joined. */
  readonly subjectMatch: { readonly claim: string; readonly equals: 'externalId' | 'userName' } | null;
  /** May a person who was never pushed come in? */
  readonly jit: boolean;
}

export interface ProvisionedIdentity {
  readonly accountId: string;
  readonly orgId: string;
  /** The account was made by this sign-in. */
  readonly created: boolean;
}

/** Who this is, as the database knows it before anything is written. */
type Known =
  | { readonly as: 'bound'; readonly accountId: string }
  | { readonly as: 'pushed'; readonly accountId: string; readonly directoryUserId: string }
  | { readonly as: 'stranger' };

const told = ({ groups }: Identity): ToldGroups => (groups.state === 'present' ? { state: 'present', groups: groups.groups } : { state: groups.state });

const STANDARD_CLAIMS = ['given_name', 'family_name', 'middle_name', 'nickname', 'picture', 'locale', 'zoneinfo', 'website', 'profile'] as const;

const memberProfile = (identity: Identity): MemberProfile => ({
  userName: identity.userName ?? identity.email ?? null,
  displayName: identity.displayName ?? null,
  email: identity.email ?? null,
  emailVerified: identity.emailVerified ?? false,
  profile: Object.fromEntries(STANDARD_CLAIMS.flatMap((claim) => (typeof identity.claims[claim] === 'string' ? [[claim, identity.claims[claim]]] : []))),
});

/** The value that names a pushed user: the subject itself, or a claim; only text can. */
function matchValue(identity: Identity, claim: string): string | undefined {
  const value = ['sub', 'nameId'].includes(claim) ? identity.subject : identity.claims[claim];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function lookUp(options: ProvisioningOptions, open: Statement, identity: Identity, connection: SignInConnection): Promise<Known> {
  const { subjectMatch: rule } = connection;
  const value = rule ? matchValue(identity, rule.claim) : undefined;
  const search = rule && value !== undefined ? [findUserForSignIn(connection.id, rule.equals, value)] : [];
  const [, bound = [], fed = [], pushed = []] = await options.database.batch([
    open,
    findIdentity(connection.id, identity.subject),
    isFed(connection.id),
    ...search,
  ]);
  if (bound[0]) return { as: 'bound', accountId: bound[0]['account_id'] as string };
  if (pushed.length === 1 && pushed[0]) return match(pushed[0]);
  if (!connection.jit || (rule && fed.length > 0)) {
    throw new DomainError('denied', 'provisioning.not_assigned', 'Your organization has not assigned you to this service. Ask your administrator.');
  }
  return { as: 'stranger' };
}

function match(row: Row): Known {
  if (row['active'] !== true) throw suspended();
  return { as: 'pushed', accountId: row['account_id'] as string, directoryUserId: row['id'] as string };
}

const suspended = (): DomainError =>
  new DomainError('denied', 'provisioning.suspended', 'Your access through this organization has been switched off. Ask your administrator.');

/** The membership as this sign-in finds it, with what it says about groups in place of what the last one said. */
function withTold(loaded: LoadedMemberships, accountId: string, connectionId: string, groups: ToldGroups): LoadedMemberships {
  const before = loaded.told.get(accountId) ?? [];
  if (groups.state === 'unknown' && before.some((one) => one.connectionId === connectionId)) return loaded;
  const others = before.filter((one) => one.connectionId !== connectionId);
  return { ...loaded, told: new Map([[accountId, [...others, { connectionId, groups }]]]) };
}

/** A person who is known: bound already, or bound now to the user that a feed pushed. */
async function welcome(options: ProvisioningOptions, open: Statement, identity: Identity, connection: SignInConnection, known: Exclude<Known, { as: 'stranger' }>): Promise<void> {
  await options.database.lockThenApply<void>([open, ...loadMemberships({ accounts: [known.accountId] })], ([, ...rows]) => {
    const loaded = readLoaded(rows, options.roles);
    const [membership] = loaded.memberships;
    if (!membership || membership.status !== 'active') throw suspended();
    const groups = told(identity);
    const settlement = settleRoles(withTold(loaded, known.accountId, connection.id, groups), options.roles, {}, options.clock.now());
    const bind =
      known.as === 'pushed'
        ? bindIdentity({ ...named(identity, connection), accountId: known.accountId, directoryUserId: known.directoryUserId, boundBy: 'subject-match', groups })
        : seeIdentity(connection.id, identity.subject, groups);
    const events = [...(known.as === 'pushed' ? [boundEvent(identity, known.accountId, 'subject-match')] : []), ...settlement.audit];
    return {
      apply: [
        bind,
        ...(loaded.held.has(known.accountId) ? [] : [updateMembershipProfile(known.accountId, memberProfile(identity))]),
        ...settlement.statements,
        ...(events.length > 0 ? [appendAudit(events)] : []),
        ...(settlement.outbox.length > 0 ? [appendOutbox(settlement.outbox)] : []),
      ],
      result: () => undefined,
    };
  });
}

const named = (identity: Identity, connection: SignInConnection): { connectionId: string; subject: string; issuer: string } => ({
  connectionId: connection.id,
  subject: identity.subject,
  issuer: identity.issuer,
});

const boundEvent = (identity: Identity, accountId: string, boundBy: string): Parameters<typeof appendAudit>[0][number] => ({
  action: 'identity.bound',
  targetType: 'account',
  targetId: accountId,
  details: { issuer: identity.issuer, boundBy },
});

/** Just in time: account, membership, identity and roles of somebody whom only the provider has vouched for. */
async function admit(options: ProvisioningOptions, open: Statement, identity: Identity, connection: SignInConnection): Promise<string> {
  const accountId = uuidv7();
  await options.database.lockThenApply<void>([open, ...loadMemberships({ accounts: [] })], ([, ...rows]) => {
    const { memberships } = newcomer(accountId, 'active');
    const loaded = withTold({ ...readLoaded(rows, options.roles), memberships }, accountId, connection.id, told(identity));
    const { grants } = settleRoles(loaded, options.roles, {}, options.clock.now());
    return {
      apply: [
        ...insertPerson(accountId, 'active', memberProfile(identity)),
        bindIdentity({ ...named(identity, connection), accountId, directoryUserId: null, boundBy: 'jit', groups: told(identity) }),
        ...(grants.length > 0 ? [insertGrants(grants)] : []),
        appendAudit([boundEvent(identity, accountId, 'jit')]),
      ],
      result: () => undefined,
    };
  });
  return accountId;
}

/**
 * From a checked statement about a person to the account that may sign in: by the bound identity, else by the
 * connection's match rule among the users that were pushed through the same connection, else just in time where the
 * connection allows it. Never by e-mail, never across connections.
 * @throws DomainError `provisioning.*` of kind denied, with a sentence for the person
 */
export async function provisionFromIdentity(options: ProvisioningOptions, identity: Identity, connection: SignInConnection): Promise<ProvisionedIdentity> {
  const open = organizationContext({ orgId: connection.orgId, actor: `connection:${connection.id}` });
  const known = await lookUp(options, open, identity, connection);
  try {
    if (known.as === 'stranger') {
      return { accountId: await admit(options, open, identity, connection), orgId: connection.orgId, created: true };
    }
    await welcome(options, open, identity, connection, known);
    return { accountId: known.accountId, orgId: connection.orgId, created: false };
  } catch (error) {
    const constraint = uniqueViolation(error);
    // Two first sign-ins of the same person at once: the other one has bound the subject, so it is known now.
    if (constraint === 'identity_pkey') return provisionFromIdentity(options, identity, connection);
    if (constraint === 'identity_directory_user') {
      throw new DomainError('denied', 'provisioning.bound_to_another', 'This directory entry already belongs to another identity. Ask your administrator.', { cause: error });
    }
    throw error;
  }
}
