import { Ajv } from 'ajv';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { DomainError } from '../platform/errors.ts';
import { lazily } from '../platform/lazily.ts';
import { sayFault, withForms } from '../platform/schema-fault.ts';
import type { Protocol } from './connection.ts';
import { oidcSettingsSchema, samlSettingsSchema } from './connection-settings-schema.ts';

export const ID_TOKEN_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const;

/** An OpenID Connect sign-in door, as stored. Every optional setting has been filled with its default. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret?: string;
  clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  /** PKCS#8 PEM, for `private_key_jwt` only. */
  clientPrivateKey?: string;
  scopes: string[];
  idTokenAlgorithms: (typeof ID_TOKEN_ALGORITHMS)[number][];
  clockToleranceSeconds: number;
  claims: { email: string; displayName?: string; userName: string; groups: string };
  absentGroups: 'unknown' | 'empty';
  /** Claims kept beyond the standard ones. */
  extraClaims: string[];
  userInfo: 'when-missing' | 'always' | 'never';
  /** Set when UserInfo lives on another origin than the issuer; the bearer token is sent nowhere else. */
  userInfoEndpoint?: string;
  userInfoFailure: 'continue' | 'refuse';
  authorizationParameters: Record<string, string>;
}

export interface CertificateAndKey {
  /** PEM. */
  certificate: string;
  /** PKCS#8 PEM. */
  privateKey: string;
}

/** A SAML 2.0 sign-in door, as stored. */
export interface SamlSettings {
  idpEntityId: string;
  ssoUrl: string;
  ssoBinding: 'redirect' | 'post';
  /** PEM or bare base64; every one is accepted, so that the provider can roll its key over. */
  idpCertificates: string[];
  /** Ours, unless set: the address of our metadata. */
  spEntityId?: string;
  /** The first signs and the first decrypts by preference; all are published. */
  signingKeys: CertificateAndKey[];
  encryptionKeys: CertificateAndKey[];
  signRequests: boolean;
  want: { assertionsSigned: boolean; responseSigned: boolean; assertionsEncrypted: boolean };
  /** CBC without authentication is open to padding oracles. */
  allowCbcEncryption: boolean;
  allowIdpInitiated: boolean;
  clockToleranceSeconds: number;
  nameIdFormat?: string;
  attributes: { email: string[]; displayName: string[]; userName: string[]; groups: string[] };
  absentGroups: 'unknown' | 'empty';
  extraClaims: string[];
}

/** Paths of the settings that must be encrypted at rest and never shown again. */
export const SECRET_SETTINGS: Readonly<Record<Protocol, readonly string[]>> = {
  oidc: ['clientSecret', 'clientPrivateKey'],
  saml: ['signingKeys.*.privateKey', 'encryptionKeys.*.privateKey'],
  'scim-only': [],
};

const ajv = lazily(() => withForms(new Ajv({ allErrors: true, useDefaults: true, strict: true, strictRequired: false, verbose: true })));
const validators = {
  oidc: lazily(() => ajv().compile<OidcSettings>(oidcSettingsSchema)),
  saml: lazily(() => ajv().compile<SamlSettings>(samlSettingsSchema)),
};

/**
 * Turns what an administrator sent into settings with every default filled in, or says everything that is wrong with it.
 * Pure: whether the provider really answers there is another question.
 */
export function parseConnectionSettings(protocol: 'oidc', value: unknown): OidcSettings;
export function parseConnectionSettings(protocol: 'saml', value: unknown): SamlSettings;
export function parseConnectionSettings(protocol: 'scim-only', value: unknown): null;
export function parseConnectionSettings(protocol: Protocol, value: unknown): OidcSettings | SamlSettings | null;
export function parseConnectionSettings(protocol: Protocol, value: unknown): OidcSettings | SamlSettings | null {
  if (protocol === 'scim-only') {
    if (value !== null && value !== undefined && !isEmptyObject(value)) refuse(protocol, [{ path: '', problem: 'must be empty' }]);
    return null;
  }
  const validate = validators[protocol]();
  const copy: unknown = structuredCloneOf(value);
  if (!validate(copy)) {
    refuse(
      protocol,
      // That a branch of `if` does not fit says nothing beside what does not fit in it.
      (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if').map((error) => ({ path: error.instancePath, problem: sayFault(error) })),
    );
  }
  const unreadable = keyProblems(copy);
  if (unreadable.length > 0) refuse(protocol, unreadable);
  return copy;
}

/** What no schema can say: every certificate and key must be one, strong enough, and the two of a pair must belong together. */
function keyProblems(settings: OidcSettings | SamlSettings): { path: string; problem: string }[] {
  if (!('idpCertificates' in settings)) return [];
  const paths = settings.idpCertificates.map((pem, index): [string, string | undefined] => [`/idpCertificates/${index}`, certificateProblem(pem)]);
  for (const list of ['signingKeys', 'encryptionKeys'] as const) {
    paths.push(...settings[list].map((pair, index): [string, string | undefined] => [`/${list}/${index}`, pairProblem(pair)]));
  }
  return paths.flatMap(([path, problem]) => (problem === undefined ? [] : [{ path, problem }]));
}

function certificateProblem(pem: string): string | undefined {
  try {
    const { publicKey } = new X509Certificate(asPem(pem));
    if (publicKey.asymmetricKeyType !== 'rsa') return 'must hold an RSA key';
    return (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048 ? 'must hold a key of at least 2048 bits' : undefined;
  } catch {
    return 'must be an X.509 certificate in PEM form';
  }
}

function pairProblem({ certificate, privateKey }: CertificateAndKey): string | undefined {
  try {
    const fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
    return fits ? certificateProblem(certificate) : 'must be a certificate and its own private key';
  } catch {
    return 'must be a certificate and a private key in PEM form';
  }
}

/** Providers show their certificate with or without the lines around it. */
function asPem(text: string): string {
  return text.includes('-----BEGIN') ? text : `-----BEGIN CERTIFICATE-----\n${text.trim()}\n-----END CERTIFICATE-----`;
}

/** ajv fills defaults in place; the caller's object stays as it was. */
function structuredCloneOf(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function refuse(protocol: Protocol, problems: { path: string; problem: string }[]): never {
  throw new DomainError(
    'invalid',
    'federation.settings_invalid',
    `The ${protocol} settings are not valid: ${problems.map(({ path, problem }) => `${path || 'settings'} ${problem}`).join('; ')}.`,
    { details: { protocol, problems } },
  );
}
