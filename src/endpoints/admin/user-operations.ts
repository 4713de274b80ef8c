import { positionOf, type MemberPosition, type OrganizationMember } from '../../domain/organizations/index.ts';
import { cursorKey, pageOf, pageQuery, type Operation, type Page } from '../http/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { organizationOperation, organizationQuery } from './admin-operation.ts';
import { findMember, memberAnswer, userAnswer } from './user-answer.ts';
import { inOneOrganization, memberPageSchema, newUserSchema, userParams, userSchema } from './user-schemas.ts';

const tag = 'users';
const all = { path: '/admin/users', tag } as const;
const one = { path: '/admin/users/{user}', tag, params: userParams, query: inOneOrganization } as const;
const answer = { status: 200, description: 'The user.', schema: userSchema } as const;

const keyOf = (member: OrganizationMember): string => JSON.stringify(positionOf(member));

function positionFrom(key: string | undefined): MemberPosition | undefined {
  if (key === undefined) return undefined;
  try {
    const { userNameKey, accountId } = JSON.parse(key) as Record<string, unknown>;
    if (typeof userNameKey === 'string' && typeof accountId === 'string' && /^[0-9a-f-]{36}$/.test(accountId)) return { userNameKey, accountId };
  } catch {
    // falls through: not one of ours
  }
  throw new DomainError('invalid', 'admin.cursor_foreign', 'The cursor belongs to another list.');
}

const list = ({ organizations, members }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      ...all,
      id: 'listUsers',
      method: 'get',
      summary: 'Lists the members of an organization, or those whose user name begins with something.',
      query: {
        type: 'object',
        additionalProperties: false,
        properties: { ...organizationQuery, search: { type: 'string', minLength: 1, maxLength: 256, description: 'How the user name begins, in any case.' }, ...pageQuery },
      },
      answer: { status: 200, description: 'One page of users.', schema: memberPageSchema },
    },
    async ({ query: { search, limit, cursor } }, { organization }): Promise<Page<object>> => {
      const after = positionFrom(cursorKey(cursor));
      const rows =
        search === undefined ? await members.list(organization.id, limit + 1, after?.accountId) : await members.search(organization.id, search, limit + 1, after);
      return pageOf(rows, limit, keyOf, (member) => memberAnswer(organization, member));
    },
  );

const create = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    { ...all, id: 'createUser', method: 'post', summary: 'Creates a user without an identity provider.', query: inOneOrganization, body: newUserSchema, answer: { ...answer, status: 201 } },
    async ({ body, requestId }, scope) => userAnswer(dependencies, scope, await dependencies.desk.createLocalUser(scope.context, body, requestId)),
  );

const show = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    { ...one, id: 'showUser', method: 'get', summary: 'Shows a user with roles, and why each of them.', answer },
    ({ params }, scope) => userAnswer(dependencies, scope, params.user),
  );

const link = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    {
      ...one,
      path: '/admin/users/{user}/link',
      id: 'linkUser',
      method: 'post',
      summary: 'Says that a member is a person who has an account already; whatever was known of the member hangs on that account from then on.',
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['account'],
        properties: { account: { type: 'string', format: 'uuid', description: 'Id of the account, of whatever organization.' } },
      },
      answer,
    },
    async ({ params, body, principal, requestId }, scope) => {
      // An account of another organization is nothing that an administrator of this one may claim.
      if (principal.kind !== 'operator') throw new DomainError('denied', 'admin.link_operator_only', 'Only an operator may link accounts across organizations.');
      const member = await findMember(dependencies, scope.organization, params.user);
      await dependencies.desk.linkAccount(scope.context, member.accountId, body.account, requestId);
      await dependencies.desk.reconcile(scope.context, [body.account]);
      return userAnswer(dependencies, scope, body.account);
    },
  );

/** People, seen from one organization: account and membership. */
export const userOperations = (dependencies: AdminDependencies): Operation[] => [list, create, show, link].map((operation) => operation(dependencies));
