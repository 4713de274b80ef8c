/**
 * Tables of schema `public` without `org_id`, and why each may be. A table that is neither isolated nor named here keeps the
 * hub from starting. The provider's artifacts stand in schema `oidc`, closed to the application role altogether.
 */
export const EXEMPT_TABLES: Readonly<Record<string, string>> = {
  schema_migration: 'the schema itself; the application role has no right to it',
  organization: 'is what isolation is about; found by id or slug before an organization is chosen',
  account: 'a person who can sign in is global; what an organization knows of the person is the membership',
  password_credential: 'belongs to the account, not to one of its organizations',
  operator_token: 'tokens of instance operators, who stand above organizations',
  signing_key: 'one issuer, one set of keys for the instance',
  instance_fact: 'facts about the installation',
  lease: 'which node does what only one should do',
  pending_sign_in: 'sealed, found only by the hash of what the browser holds, before an organization is known',
};
