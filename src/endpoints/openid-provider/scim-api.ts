import type { ClientSource } from './client-source.ts';
import type { Configuration } from './provider-package.ts';

type Indicators = NonNullable<NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>>;

/** The hub's own SCIM service as an API (RFC 8707) for applications that are bound to a connection. */
export interface ScimApi {
  readonly identifier: string;
  /** How long an access token for it is good. */
  readonly seconds: number;
}

const SCOPE = 'scim';

/** Opaque, so that revoking a token or disabling its application ends it at once. */
export const scimServer = ({ identifier, seconds }: ScimApi): Awaited<ReturnType<NonNullable<Indicators['getResourceServerInfo']>>> => ({
  scope: SCOPE,
  audience: identifier,
  accessTokenFormat: 'opaque',
  accessTokenTTL: seconds,
});

/** Provisioning clients ask for a scope and know no resource indicators: the scope alone then means this API. */
export function defaultResource(clients: Pick<ClientSource, 'find'>, { identifier }: ScimApi): NonNullable<Indicators['defaultResource']> {
  return async ({ oidc }, client, oneOf) => {
    if (Array.isArray(oneOf)) return oneOf;
    const { grant_type: grant, scope } = oidc.params ?? {};
    if (grant !== 'client_credentials' || typeof scope !== 'string' || !scope.split(' ').includes(SCOPE)) return [];
    return (await clients.find(client.clientId))?.metadata.scim_connection === undefined ? [] : identifier;
  };
}
