import type { ClientSource } from './client-source.ts';
import { sendPage, type ProviderHooks } from './provider-hooks.ts';
import type { ProviderPages } from './provider-pages.ts';
import { errors, type KoaContextWithOIDC, type ProviderInstance } from './provider-package.ts';

export interface PackagePagesInput extends Pick<ProviderHooks, 'showError'> {
  readonly pages: Pick<ProviderPages, 'handOver'>;
  readonly clients: Pick<ClientSource, 'find'>;
}

/** In the one page that the package draws without asking: a form, and a script that sends it. */
const PACKAGE_PAGE = '<title>Submitting Callback</title>';

/**
 * There is nothing to end and nobody to ask, so the browser goes on at once. The package has checked the address by now
 * (RP-Initiated Logout 1.0 §3), and kept a session only to remember it until its own form came back.
 */
async function endNothing(provider: ProviderInstance, context: KoaContextWithOIDC): Promise<void> {
  const { session, params } = context.oidc;
  const { post_logout_redirect_uri: wanted, state } = params ?? {};
  const target = new URL(typeof wanted === 'string' ? wanted : provider.urlFor('end_session_success'));
  if (typeof wanted === 'string' && typeof state === 'string') target.searchParams.set('state', state);
  await session?.destroy();
  context.cookies.set(provider.cookieName('session'), null, { signed: true, httpOnly: true, sameSite: 'lax', secure: context.secure, overwrite: true });
  context.status = 303;
  context.redirect(target.href);
}

/**
 * Puts the hub's pages in the place of those that the package has no hook for: a sign-out without a session, an answer in
 * `response_mode=form_post`, and somebody else's sign-in in a browser with a session, which has to end first.
 */
export function drawPackagePages(provider: ProviderInstance, { pages, clients, showError }: PackagePagesInput): void {
  provider.use(async (context, next) => {
    await next();
    const { body } = context;
    if (typeof body !== 'string' || !body.includes(PACKAGE_PAGE)) return;
    const known = context as KoaContextWithOIDC;
    const { route, client, session } = known.oidc;
    if (route === 'end_session') return endNothing(provider, known);
    const clientId = client?.clientId ?? session?.state?.['clientId'];
    const application = typeof clientId === 'string' ? await clients.find(clientId) : undefined;
    const destination = application?.name ?? new URL(provider.issuer).host;
    try {
      sendPage(known, pages.handOver({ form: body, destination, acceptLanguage: known.get('accept-language') }));
    } catch (cause) {
      // An application on a device may have an address (RFC 8252 §7.1) that no browser can post to.
      const error = new errors.InvalidRequest('the answer cannot be posted to this address', undefined, { cause });
      known.status = error.statusCode;
      await showError(known, { error: error.error, error_description: error.error_description }, error);
    }
  });
}
