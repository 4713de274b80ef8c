import type { IncomingMessage } from 'node:http';
import type { ProviderHooks } from './provider-hooks.ts';
import { errors, type KoaContextWithOIDC, type ProviderInstance } from './provider-package.ts';

const PARAMETERS = ['id_token_hint', 'logout_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales'];
/** Together with what else a browser sends it must fit into the head of a request. */
const LARGEST = 8 * 1024;

/** Of one that is too large the rest is read past, so that its sender can read the answer. @returns undefined for such a one, or one that breaks off */
async function formOf(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= LARGEST) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return size <= LARGEST ? new URLSearchParams(Buffer.concat(chunks).toString()) : undefined;
}

/**
 * RP-Initiated Logout 1.0 §2 wants requests by POST too. One from another site comes without the session's Lax cookie, as
 * if nobody were signed in; so the browser asks again by GET, with which it sends the cookie.
 */
export function takePostedSignOut(provider: ProviderInstance, { showError }: Pick<ProviderHooks, 'showError'>): void {
  provider.use(async (context, next) => {
    if (context.method !== 'POST' || context.path !== '/session/end') return next();
    const form = context.is('urlencoded') === false ? undefined : await formOf(context.req);
    if (form !== undefined) {
      const kept = new URLSearchParams([...form].filter(([name]) => PARAMETERS.includes(name)));
      context.status = 303;
      context.set('Cache-Control', 'no-store');
      return context.redirect(`${provider.urlFor('end_session')}?${kept.toString()}`);
    }
    const error = new errors.InvalidRequest('a sign-out is posted as a form of at most 8 KiB');
    const answer = { error: error.error, error_description: error.error_description };
    context.status = error.statusCode;
    if (context.accepts('json', 'html') === 'html') await showError(context as KoaContextWithOIDC, answer, error);
    else context.body = answer;
  });
}
