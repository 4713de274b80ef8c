import { randomUUID } from 'node:crypto';
import type { ApplicationStore } from '../../domain/applications/index.ts';
import { ACCESS_TOKEN_ALGORITHM } from './access-token-reader.ts';
import { memberOf, type AccountSource } from './account.ts';
import { accessTokenClaims, applicationTokenClaims } from './claims.ts';
import type { ClientSource } from './client-source.ts';
import type { ProviderDirectory } from './member-facts.ts';
import { failureOf, type ProviderPages, type RenderedPage } from './provider-pages.ts';
import { errors, type Client, type Configuration, type KoaContextWithOIDC } from './provider-package.ts';
import { defaultResource, scimServer, type ScimApi } from './scim-api.ts';
import { introspectionPolicy, type IntrospectedToken } from './token-policy.ts';

type Hook<K extends keyof Configuration> = NonNullable<Configuration[K]>;
type Feature<K extends keyof NonNullable<Configuration['features']>> = NonNullable<NonNullable<Configuration['features']>[K]>;

/** What the provider asks of the hub, in one place. */
export interface ProviderHooks {
  findAccount: AccountSource['findAccount'];
  loadExistingGrant: Hook<'loadExistingGrant'>;
  tokenClaims: Hook<'extraTokenClaims'>;
  defaultResource: NonNullable<Feature<'resourceIndicators'>['defaultResource']>;
  resourceServer: NonNullable<Feature<'resourceIndicators'>['getResourceServerInfo']>;
  mayIntrospect: ReturnType<typeof introspectionPolicy>;
  mayRevoke: (context: KoaContextWithOIDC, client: Client, token: IntrospectedToken) => boolean;
  mayCallFromBrowser: Hook<'clientBasedCORS'>;
  checkOrganization: (context: KoaContextWithOIDC, value: string | undefined, client: Client) => Promise<void>;
  showError: Hook<'renderError'>;
  showSignOut: NonNullable<Feature<'rpInitiatedLogout'>['logoutSource']>;
  showSignedOut: NonNullable<Feature<'rpInitiatedLogout'>['postLogoutSuccessSource']>;
}

/** The part of a structured logger that this room uses. */
export interface ProviderLog {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface HooksInput {
  readonly directory: ProviderDirectory;
  readonly clients: ClientSource;
  readonly applications: Pick<ApplicationStore, 'findApi'>;
  readonly accounts: AccountSource;
  readonly loadExistingGrant: Hook<'loadExistingGrant'>;
  readonly pages: ProviderPages;
  readonly log: ProviderLog;
  readonly accessTokenSeconds: number;
  readonly scim: ScimApi;
}

/** OAuth 2.0 access tokens for APIs (RFC 9068): an application gets them for the APIs it was registered to call. */
function resourceServers({ clients, applications, accessTokenSeconds, scim }: HooksInput): ProviderHooks['resourceServer'] {
  return async (_context, identifier, client) => {
    const application = await clients.find(client.clientId);
    if (identifier === scim.identifier && application?.metadata.scim_connection !== undefined) return scimServer(scim);
    const allowed = application?.metadata.resources?.includes(identifier) === true;
    const api = allowed ? await applications.findApi(identifier) : undefined;
    // An organization's API is open to that organization's applications alone.
    if (api === undefined || (api.orgId !== undefined && api.orgId !== application?.orgId)) throw new errors.InvalidTarget();
    return {
      scope: (api.metadata.api_scopes ?? []).join(' '),
      audience: identifier,
      accessTokenFormat: 'jwt',
      accessTokenTTL: accessTokenSeconds,
      jwt: { sign: { alg: ACCESS_TOKEN_ALGORITHM } },
    };
  };
}

/** The request's `organization` must be one that this application could enter; who may enter is decided later. */
function organizationCheck({ directory, clients }: HooksInput): ProviderHooks['checkOrganization'] {
  return async (_context, value, client) => {
    if (value === undefined) return;
    const own = (await clients.find(client.clientId))?.orgId;
    const found = value.length <= 100 && !value.includes('\0') ? await directory.findOrganization(value) : undefined;
    if (found?.status !== 'active' || (own !== undefined && own !== found.orgId)) throw new errors.InvalidRequest('organization is not one that this application can be used with');
  };
}

/** A page in the place of whatever the answer was; the status stays. */
export function sendPage(context: KoaContextWithOIDC, { headers, body }: RenderedPage): void {
  context.set({ ...headers });
  context.body = body;
}

const language = (context: KoaContextWithOIDC): string => context.get('accept-language');

function pages({ pages, clients, log }: HooksInput): Pick<ProviderHooks, 'showError' | 'showSignOut' | 'showSignedOut'> {
  return {
    showError(context, out, error) {
      const reference = randomUUID();
      const failure = failureOf(error);
      const fields = { reference, error: out.error, description: out.error_description, detail: (error as { error_detail?: unknown }).error_detail, path: context.path };
      if (failure === 'unexpected') log.error({ ...fields, err: error }, 'sign-in failed');
      else log.warn(fields, 'sign-in refused');
      sendPage(context, pages.failure({ failure, reference, acceptLanguage: language(context) }));
    },
    async showSignOut(context, form) {
      const application = context.oidc.client && (await clients.find(context.oidc.client.clientId));
      sendPage(context, pages.signOut({ form, application: application?.name, formTargets: application?.metadata.post_logout_redirect_uris ?? [], acceptLanguage: language(context) }));
    },
    async showSignedOut(context) {
      const application = context.oidc.client && (await clients.find(context.oidc.client.clientId));
      const shown = application && { name: application.name, url: application.metadata.client_uri };
      sendPage(context, pages.signedOut({ application: shown, acceptLanguage: language(context) }));
    },
  };
}

/** Browser applications are public clients; they may call from where they may be sent back to. UserInfo is open to every application's pages. */
const mayCallFromBrowser: ProviderHooks['mayCallFromBrowser'] = ({ oidc }, origin, client) => {
  if (origin === 'null' || (oidc.route !== 'userinfo' && client.tokenEndpointAuthMethod !== 'none')) return false;
  return (client.redirectUris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin);
};

export function providerHooks(input: HooksInput): ProviderHooks {
  const { clients } = input;
  return {
    findAccount: input.accounts.findAccount,
    loadExistingGrant: input.loadExistingGrant,
    async tokenClaims(context, token) {
      const member = memberOf(context.oidc.account);
      if (member !== undefined) return accessTokenClaims(member);
      const application = token.clientId === undefined ? undefined : await clients.find(token.clientId);
      return application && applicationTokenClaims(application);
    },
    defaultResource: defaultResource(clients, input.scim),
    resourceServer: resourceServers(input),
    mayIntrospect: introspectionPolicy({
      clients,
      currentMember: async (context, accountId, token) => memberOf(await input.accounts.findAccount(context, accountId, token)),
    }),
    // Somebody else's token is answered like an unknown one, which tells nothing (RFC 7009 §2.2).
    mayRevoke: (_context, client, token) => token.clientId === client.clientId,
    mayCallFromBrowser,
    checkOrganization: organizationCheck(input),
    ...pages(input),
  };
}
