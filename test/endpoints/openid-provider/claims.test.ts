import { expect } from 'chai';
import { claimsOf, type MemberFacts } from '#hub/endpoints/openid-provider/index.js';

const member: MemberFacts = {
  accountId: 'account',
  orgId: 'org',
  orgSlug: 'acme',
  accountStatus: 'active',
  membershipStatus: 'active',
  organizationStatus: 'active',
  userName: 'ada',
  displayName: 'Ada',
  email: 'ada@acme.example',
  emailVerified: false,
  profile: {},
  roles: ['admin'],
  groups: ['Engineering'],
  epoch: 1,
};

describe('claims of a member', () => {
  it('name person, organization, roles and groups', () => {
    expect(claimsOf(member)).to.deep.equal({
      sub: 'account',
      org_id: 'org',
      org: 'acme',
      roles: ['admin'],
      groups: ['Engineering'],
      name: 'Ada',
      preferred_username: 'ada',
      email: 'ada@acme.example',
      email_verified: false,
    });
  });

  it('say nothing where nothing is known, and never that an unknown address is verified', () => {
    const claims = claimsOf({ ...member, userName: null, displayName: null, email: null, emailVerified: true });
    expect(claims).not.to.have.any.keys('name', 'preferred_username', 'email', 'email_verified');
  });

  it('cannot be taken over by what a feed tells', () => {
    const profile = JSON.parse('{"sub": "root", "roles": ["owner"], "org_id": "other", "email": "x", "given_name": ["a"], "locale": "de", "__proto__": {"family_name": "x"}, "constructor": "x"}') as Record<string, unknown>;
    const claims = claimsOf({ ...member, profile });
    expect(claims).to.include({ sub: 'account', org_id: 'org', locale: 'de', email: 'ada@acme.example' });
    expect(claims).not.to.have.any.keys('given_name', 'family_name', 'constructor');
  });
});
