import { PasswordStore } from '#hub/domain/credentials/index.js';
import { AcceptedAssertionStore, PendingStore } from '#hub/domain/sessions/index.js';
import { createSignIn, PasswordThrottle, type SignInConnection, type SignInOptions, type ThrottleLimits } from '#hub/endpoints/sign-in/index.js';
import { signInMethodOf, type Identity } from '#hub/federation/index.js';
import { OidcSignIn } from '#hub/federation/oidc/index.js';
import { SamlSignIn } from '#hub/federation/saml/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { startProviderHub, type ProviderHub } from './provider-hub.ts';

/** The provider with the real sign-in before it; connections and whose account an identity is are the test's to say. */
export interface SignInHub extends ProviderHub {
  readonly connections: Map<string, SignInConnection>;
  readonly passwords: PasswordStore;
  provision: (identity: Identity, connection: SignInConnection) => Promise<{ accountId: string; orgId: string }>;
}

const nobody = (): Promise<never> => Promise.reject(new Error('the test did not say whose identity this is'));

export async function startSignInHub(limits?: ThrottleLimits): Promise<SignInHub> {
  const connections = new Map<string, SignInConnection>();
  const own: { hub?: SignInHub } = {};
  const methods = { oidc: new OidcSignIn({ allowPrivate: true }), saml: new SamlSignIn() };
  let passwords: PasswordStore | undefined;
  const hub = await startProviderHub((app, base) => {
    const { database } = base.fresh;
    passwords = new PasswordStore(database);
    const options: SignInOptions = {
      publicUrl: base.publicUrl,
      clock: systemClock,
      log: { info: () => undefined, warn: (fields) => void base.logged.push({ ...fields }), error: (fields) => void base.logged.push({ ...fields }) },
      door: base.provider.interactions,
      directory: base.people.directory(),
      methods: {
        find: (id) => Promise.resolve(connections.get(id)),
        async forDomain(domain) {
          const [rows] = await database.batch([{ name: 'test.domain', text: 'select org_id, connection_id from connection_for_domain($1)', values: [domain] }]);
          const row = rows?.[0];
          return row && { orgId: String(row['org_id']), connectionId: String(row['connection_id']) };
        },
        ofOrganization: (orgId) => Promise.resolve([...connections.values()].filter((one) => one.orgId === orgId)),
        method: (connection) => signInMethodOf(methods, connection),
      },
      provision: (identity, connection) => (own.hub?.provision ?? nobody)(identity, connection),
      passwords,
      throttle: new PasswordThrottle(limits),
      pending: new PendingStore(database, base.masterKeys),
      assertions: new AcceptedAssertionStore(database),
      forOperators: true,
    };
    app.use(createSignIn(options));
  });
  if (passwords === undefined) throw new Error('the sign-in was not mounted');
  own.hub = Object.assign(hub, { connections, passwords, provision: nobody });
  return own.hub;
}
