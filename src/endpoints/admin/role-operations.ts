import { grantManually, lockOverrides, namedRoles, parseRoleOverrides, revokeManually, writeOverrides } from '../../domain/access/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, organizationOperation } from './admin-operation.ts';
import { unknownRoles } from './unknown-roles.ts';
import { findMember, userAnswer } from './user-answer.ts';
import { grantedSchema, inOneOrganization, newGrantSchema, newOverridesSchema, userParams, userSchema } from './user-schemas.ts';

const tag = 'users';
const overrides = { path: '/admin/users/{user}/role-overrides', tag, params: userParams, query: inOneOrganization } as const;
const grant = {
  path: '/admin/users/{user}/roles/{role}',
  tag,
  params: { ...userParams, required: ['user', 'role'], properties: { ...userParams.properties, role: { type: 'string', minLength: 1, maxLength: 128 } } },
  query: inOneOrganization,
} as const;
const answer = { status: 200, description: 'The user with the roles that follow.', schema: userSchema } as const;

const setOverrides = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    { ...overrides, id: 'setRoleOverrides', method: 'put', summary: 'Preserves and suppresses roles of a user, whatever groups say.', body: newOverridesSchema, answer },
    async ({ params, body, requestId }, scope) => {
      const { accountId } = await findMember(dependencies, scope.organization, params.user);
      const after = parseRoleOverrides({ ...body, author: scope.context.actor });
      await dependencies.changes.inOrganization(scope.context, async (tx) => {
        const before = found(await lockOverrides(tx, accountId), 'user', scope.organization).overrides;
        await writeOverrides(tx, accountId, after);
        return { result: undefined, events: [{ action: 'role_overrides.set', targetType: 'account', targetId: accountId, details: { before, after }, requestId }] };
      });
      await dependencies.desk.reconcile(scope.context, [accountId]);
      return userAnswer(dependencies, scope, accountId);
    },
  );

const clearOverrides = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    { ...overrides, id: 'clearRoleOverrides', method: 'delete', summary: 'Takes overrides back; without any it does nothing.', answer },
    async ({ params, requestId }, scope) => {
      const { accountId } = await findMember(dependencies, scope.organization, params.user);
      await dependencies.changes.inOrganization(scope.context, async (tx) => {
        const before = found(await lockOverrides(tx, accountId), 'user', scope.organization).overrides;
        if (before === null) return { result: undefined, events: [] };
        await writeOverrides(tx, accountId, null);
        return { result: undefined, events: [{ action: 'role_overrides.cleared', targetType: 'account', targetId: accountId, details: { before }, requestId }] };
      });
      await dependencies.desk.reconcile(scope.context, [accountId]);
      return userAnswer(dependencies, scope, accountId);
    },
  );

const grantRole = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    { ...grant, id: 'grantRole', method: 'put', summary: 'Gives a role by hand, or changes until when; no sync takes it away.', body: newGrantSchema, answer: { ...answer, schema: grantedSchema } },
    async ({ params: { user, role }, body, requestId }, scope) => {
      const { accountId } = await findMember(dependencies, scope.organization, user);
      const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt);
      if (expiresAt !== null && expiresAt.getTime() <= dependencies.clock.now())
        throw new DomainError('invalid', 'admin.grant_expired', 'The expiry of the role lies in the past.');
      const slips = await dependencies.changes.inOrganization(scope.context, async (tx) => {
        found((await grantManually(tx, { accountId, role, expiresAt, grantedBy: scope.context.actor })) || undefined, 'user', scope.organization);
        const details = { role, expiresAt: body.expiresAt ?? null };
        return { result: unknownRoles(role, await namedRoles(tx), dependencies.roles), events: [{ action: 'role.granted', targetType: 'account', targetId: accountId, details, requestId }] };
      });
      await dependencies.desk.reconcile(scope.context, [accountId]);
      return { ...(await userAnswer(dependencies, scope, accountId)), unknownRoles: slips };
    },
  );

const revokeRole = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    { ...grant, id: 'revokeRole', method: 'delete', summary: 'Takes back a role given by hand; one from a group stays, unless it is suppressed.', answer },
    async ({ params: { user, role }, requestId }, scope) => {
      const { accountId } = await findMember(dependencies, scope.organization, user);
      await dependencies.changes.inOrganization(scope.context, async (tx) => {
        if (!(await revokeManually(tx, accountId, role)))
          throw new DomainError('not-found', 'admin.role_not_manual', `The role ${role} was not given by hand; suppress it by an override if it comes from elsewhere.`);
        return { result: undefined, events: [{ action: 'role.revoked', targetType: 'account', targetId: accountId, details: { role }, requestId }] };
      });
      await dependencies.desk.reconcile(scope.context, [accountId]);
      return userAnswer(dependencies, scope, accountId);
    },
  );

/** What administrators decide about one person's roles. */
export const roleOperations = (dependencies: AdminDependencies): Operation[] =>
  [setOverrides, clearOverrides, grantRole, revokeRole].map((operation) => operation(dependencies));
