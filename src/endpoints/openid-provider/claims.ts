import type { RegisteredApplication } from '../../domain/applications/index.ts';
import type { MemberFacts } from './member-facts.ts';

/** OpenID Connect Core §5.1: claims of scope `profile` that a directory may tell, each with the kind of value it must have. */
const TOLD_CLAIMS = {
  given_name: 'string',
  family_name: 'string',
  middle_name: 'string',
  nickname: 'string',
  profile: 'string',
  picture: 'string',
  website: 'string',
  gender: 'string',
  birthdate: 'string',
  zoneinfo: 'string',
  locale: 'string',
  updated_at: 'number',
} as const;

/**
 * Which claims a scope asks for. Organization, roles and groups come with `openid` itself: they are what an application
 * registers here for, and one that forgets a scope must not be left thinking that a person has no roles.
 */
export const CLAIMS_OF_SCOPES = {
  openid: ['sub', 'org_id', 'org', 'roles', 'groups'],
  profile: ['name', 'preferred_username', ...Object.keys(TOLD_CLAIMS)],
  email: ['email', 'email_verified'],
  roles: ['roles'],
  groups: ['groups'],
} as const satisfies Record<string, readonly string[]>;

export const SCOPES = ['openid', 'offline_access', ...Object.keys(CLAIMS_OF_SCOPES).filter((scope) => scope !== 'openid')];

/** Everything that may be said of a member; the provider keeps what the scopes ask for. */
export function claimsOf(member: MemberFacts): { sub: string } & Record<string, unknown> {
  const told = Object.entries(TOLD_CLAIMS).flatMap(([name, kind]) => {
    const value = Object.hasOwn(member.profile, name) ? member.profile[name] : undefined;
    return typeof value === kind ? [[name, value] as const] : [];
  });
  return {
    ...Object.fromEntries(told),
    sub: member.accountId,
    org_id: member.orgId,
    org: member.orgSlug,
    roles: [...member.roles],
    groups: [...member.groups],
    ...(member.displayName ? { name: member.displayName } : {}),
    ...(member.userName ? { preferred_username: member.userName } : {}),
    ...(member.email ? { email: member.email, email_verified: member.emailVerified } : {}),
  };
}

/** What an access token carries beyond the standard. Groups are left out: they may be many, and roles are what APIs decide by. */
export const accessTokenClaims = (member: MemberFacts): Record<string, unknown> => ({
  org_id: member.orgId,
  org: member.orgSlug,
  roles: [...member.roles],
  epoch: member.epoch,
});

/** The same for a token that an application has for itself. */
export const applicationTokenClaims = ({ orgId, epoch }: Pick<RegisteredApplication, 'orgId' | 'epoch'>): Record<string, unknown> => ({
  ...(orgId === undefined ? {} : { org_id: orgId }),
  epoch,
});
