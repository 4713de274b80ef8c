import { type AdminClient, type Json, path } from '../cli/admin-client.ts';
import type { ExplainedRole } from './application-page.ts';
import type { Company } from './cast.ts';
import type { Registration } from './application.ts';
import type { UpstreamOpenIdProvider } from './upstream-openid-provider.ts';
import type { UpstreamSamlProvider } from './upstream-saml-provider.ts';

/** What an administrator does once for each customer, all of it through the administration API. */

const textOf = (answer: Json, name: string): string => {
  const value = answer[name];
  if (typeof value !== 'string') throw new Error(`The hub did not say ${name}.`);
  return value;
};
const urlsOf = ({ urls }: Json): Json => (typeof urls === 'object' && urls !== null ? (urls as Json) : {});

/** An organization whose groups have roles, and a token for its identity provider's SCIM client. */
export async function createOrganization(admin: AdminClient, { slug, name, roleMap }: Company): Promise<void> {
  await admin.send('POST', '/organizations', { slug, name });
  await admin.send('PUT', path`/organizations/${slug}/role-mapping`, { map: roleMap });
}

export async function createScimToken(admin: AdminClient, { slug, vendor }: Company): Promise<string> {
  return textOf(await admin.send('POST', path`/organizations/${slug}/scim-tokens`, { connection: vendor }), 'token');
}

/** Each side learns of the other, as in the two administrators' consoles. */
export async function connectOpenIdProvider(admin: AdminClient, { slug, vendor }: Company, upstream: UpstreamOpenIdProvider): Promise<void> {
  const { issuer, clientId, clientSecret } = upstream;
  const connection = await admin.send('POST', path`/organizations/${slug}/connections`, { name: vendor, protocol: 'oidc', vendor, settings: { issuer, clientId, clientSecret } });
  await upstream.register(textOf(urlsOf(connection), 'callback'));
}

export async function connectSamlProvider(admin: AdminClient, { slug, vendor }: Company, upstream: UpstreamSamlProvider): Promise<void> {
  const settings = { idpEntityId: upstream.entityId, ssoUrl: upstream.ssoUrl, idpCertificates: [upstream.certificate] };
  const urls = urlsOf(await admin.send('POST', path`/organizations/${slug}/connections`, { name: vendor, protocol: 'saml', vendor, settings }));
  upstream.register({ entityId: textOf(urls, 'metadata'), acsUrl: textOf(urls, 'acs') });
}

/** The way in that is left when an identity provider does not answer. */
export async function createLocalUser(admin: AdminClient, slug: string, user: { readonly userName: string; readonly displayName: string; readonly password: string }): Promise<void> {
  const created = await admin.send('POST', '/users', user, { organization: slug });
  await admin.send('PUT', path`/users/${textOf(created, 'id')}/roles/${'admin'}`, {}, { organization: slug });
}

export async function registerApplication(admin: AdminClient, hubUrl: string, applicationUrl: string): Promise<Registration> {
  const metadata = { redirect_uris: [`${applicationUrl}/callback`], post_logout_redirect_uris: [`${applicationUrl}/?signed=out`] };
  const created = await admin.send('POST', '/applications', { name: 'Harbour', metadata });
  return { issuer: `${hubUrl}/oidc`, clientId: textOf(created, 'client_id'), clientSecret: textOf(created, 'client_secret') };
}

/** Why a user has which roles, in the hub's own words. */
export async function explainRoles(admin: AdminClient, userId: string, organization: string): Promise<readonly ExplainedRole[]> {
  const { reasons } = await admin.get(path`/users/${userId}`, { organization });
  return (Array.isArray(reasons) ? (reasons as Json[]) : []).map(({ role, effective, withheld, reasons: causes }) => {
    const because = (Array.isArray(causes) ? (causes as Json[]) : []).map(({ text }) => String(text));
    return { role: String(role), effective: effective === true, because: typeof withheld === 'string' ? [...because, withheld] : because };
  });
}
