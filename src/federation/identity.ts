/**
 * What one connection says about one person, after every check of its protocol and in no protocol's words.
 * It is the only value that leaves federation; whose account it is, is decided in provisioning.
 */
export interface Identity {
  connectionId: string;
  /** Who speaks: the OpenID provider's issuer or the SAML entity id. */
  issuer: string;
  /** The person's name at that issuer, compared exactly: `sub`, or the NameID. Never an e-mail address by intent. */
  subject: string;
  /** Allowed claims as plain JSON, bounded in size, without keys that reach a prototype. */
  claims: Readonly<Record<string, unknown>>;
  email?: string;
  /** Absent means that the provider did not say. */
  emailVerified?: boolean;
  displayName?: string;
  userName?: string;
  groups: GroupsStatement;
  /** When the person last proved who they are, in milliseconds since the epoch. */
  authenticatedAt?: number;
  acr?: string;
  amr?: readonly string[];
  /** Names the upstream session, so that a later logout can be matched to it. */
  sessionIndex?: string;
  nameIdFormat?: string;
}

/** "Belongs to none" and "was not said" are different statements: the first takes roles away, the second keeps them. */
export type GroupsStatement =
  | { state: 'present'; groups: readonly string[] }
  | { state: 'empty' }
  | { state: 'unknown'; because: GroupsUnknown };

export type GroupsUnknown =
  /** The provider left the claim out. */
  | 'absent'
  /** Entra ID: more groups than fit, so it sends a reference in their place. */
  | 'overage'
  /** The claim is there but is not a list of names. */
  | 'malformed';
