import type { BrowserJar } from './browser-jar.ts';
import type { Feed, Hub } from './hub.ts';
import type { Registered } from './provider-hub.ts';
import { signInAt, type Tokens } from './relying-party.ts';
import { startUpstreamProvider, type UpstreamProvider } from './upstream-openid-provider.ts';

/** An organization with its own provider, by which its people are pushed and sign in. */
export interface Customer {
  readonly slug: string;
  readonly feed: Feed;
  readonly upstream: UpstreamProvider;
  /** Pushes somebody whose subject at the provider is the external id. @returns the SCIM id */
  push(subject: string, userName?: string): Promise<string>;
  /** Signs one of them in at an application, with a refresh token that outlives the session. */
  enter(app: Registered, subject: string, jar?: BrowserJar): Promise<Tokens>;
}

/** @param claims what the provider says of whoever is named: subject → claims */
export async function startCustomer(hub: Hub, slug: string, claims: Readonly<Record<string, Record<string, unknown>>>): Promise<Customer> {
  await hub.ask('POST', '/organizations', { slug });
  const settings = { issuer: 'https://later.example', clientId: 'hub', clientSecret: 'upstream-secret-of-the-hub', userInfo: 'never' };
  const feed = await hub.connect(slug, { name: 'idp', protocol: 'oidc', vendor: 'okta', settings });
  const upstream = await startUpstreamProvider({
    accounts: Object.fromEntries(Object.entries(claims).map(([subject, said]) => [subject, { claims: said }])),
    redirectUris: [feed.callback],
    configuration: { conformIdTokenClaims: false, claims: { openid: ['sub', 'sid'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'], groups: ['groups'] } },
  });
  await hub.ask('PATCH', `/organizations/${slug}/connections/idp`, { settings: { issuer: upstream.issuer } });
  return {
    slug,
    feed,
    upstream,
    async push(subject, userName = `${subject}@${slug}.example`) {
      const person = { externalId: subject, userName, displayName: subject, emails: [{ value: userName, primary: true }], active: true };
      return (await feed.scim.ask('POST', '/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], ...person })).id;
    },
    enter: (app, subject, jar) => signInAt(app, { organization: slug, login_hint: subject, scope: 'openid profile email offline_access', prompt: 'consent' }, jar),
  };
}
