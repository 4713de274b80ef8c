import type { SubjectMatch } from './connection.ts';

/** What differs at one vendor, laid under the settings that an administrator gives. */
export interface VendorPreset {
  label: string;
  oidc?: { subjectMatch: SubjectMatch; settings: Readonly<Record<string, unknown>> };
  saml?: { subjectMatch: SubjectMatch; settings: Readonly<Record<string, unknown>> };
}

/** A NameID is what the vendors' SCIM clients push as `userName`, unless somebody changed either. */
const nameIdIsUserName: SubjectMatch = { claim: 'nameId', equals: 'userName' };
const subIsExternalId: SubjectMatch = { claim: 'sub', equals: 'externalId' };
const plainSaml = { subjectMatch: nameIdIsUserName, settings: {} };

export const VENDOR_PRESETS: Readonly<Record<string, VendorPreset>> = {
  okta: {
    label: 'Okta',
    oidc: { subjectMatch: subIsExternalId, settings: { scopes: ['openid', 'profile', 'email', 'groups'] } },
    saml: plainSaml,
  },
  entra: {
    label: 'Microsoft Entra ID',
    // `sub` is pairwise per application there; `oid` is the object's id, which provisioning sends as externalId.
    oidc: {
      subjectMatch: { claim: 'oid', equals: 'externalId' },
      settings: { extraClaims: ['oid', 'tid', 'upn'], userInfoEndpoint: 'https://graph.microsoft.com/oidc/userinfo' },
    },
    saml: { subjectMatch: nameIdIsUserName, settings: { extraClaims: ['http://schemas.microsoft.com/identity/claims/objectidentifier'] } },
  },
  google: {
    label: 'Google Workspace',
    oidc: {
      subjectMatch: null,
      settings: {
        issuer: 'https://accounts.google.com',
        userInfoEndpoint: 'https://openidconnect.googleapis.com/v1/userinfo',
        claims: { userName: 'email' },
        extraClaims: ['hd'],
      },
    },
    saml: plainSaml,
  },
  onelogin: {
    label: 'OneLogin',
    oidc: { subjectMatch: subIsExternalId, settings: { scopes: ['openid', 'profile', 'email', 'groups'] } },
    saml: plainSaml,
  },
  auth0: {
    label: 'Auth0',
    oidc: { subjectMatch: subIsExternalId, settings: { claims: { userName: 'nickname' } } },
    saml: plainSaml,
  },
  ping: { label: 'PingOne', oidc: { subjectMatch: subIsExternalId, settings: {} }, saml: plainSaml },
  jumpcloud: { label: 'JumpCloud', oidc: { subjectMatch: null, settings: {} }, saml: plainSaml },
};

const NO_PRESET: Readonly<Record<'oidc' | 'saml', { subjectMatch: SubjectMatch; settings: Readonly<Record<string, unknown>> }>> = {
  oidc: { subjectMatch: subIsExternalId, settings: {} },
  saml: plainSaml,
};

/** The preset of a vendor, or the plain one for a vendor that nobody described. */
export function presetOf(protocol: 'oidc' | 'saml', vendor: string | undefined): (typeof NO_PRESET)['oidc'] {
  const preset = vendor !== undefined && Object.hasOwn(VENDOR_PRESETS, vendor) ? VENDOR_PRESETS[vendor] : undefined;
  return preset?.[protocol] ?? NO_PRESET[protocol];
}

/** Lays an administrator's settings over the vendor's; a nested object is merged one level deep, anything else replaced. */
export function withPreset(protocol: 'oidc' | 'saml', vendor: string | undefined, settings: unknown): unknown {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return settings;
  const under = presetOf(protocol, vendor).settings;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(settings)) {
    const below = Object.hasOwn(under, key) ? under[key] : undefined;
    merged[key] = isPlainObject(below) && isPlainObject(value) ? { ...below, ...value } : value;
  }
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
