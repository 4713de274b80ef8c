import * as client from 'openid-client';
import { BrowserJar } from './browser-jar.ts';
import { authorization, redeem, type Registered } from './provider-hub.ts';

export type Tokens = Awaited<ReturnType<typeof redeem>>;

/** A page of the hub where a sign-in ended instead of going back to the application. */
export class StoppedError extends Error {
  readonly url: URL;
  readonly status: number;
  readonly page: string;

  constructor(url: URL, status: number, page: string) {
    super(`the sign-in stopped at ${url.href} with ${status}: ${/<h1[^>]*>([^<]*)/.exec(page)?.[1] ?? page.slice(0, 200)}`);
    this.url = url;
    this.status = status;
    this.page = page;
  }
}

/** The address that a page leads on to by itself. */
export const leadsTo = (page: string): URL => new URL((/http-equiv="refresh" content="0; url=([^"]+)"/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&'));

interface Form {
  readonly action: string;
  readonly fields: Record<string, string>;
}

/** The form that a page would send by itself: SAML's way of posting to somewhere else. */
function hiddenForm(page: string): Form | undefined {
  const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
  const fields = Object.fromEntries([...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
  return action === undefined || fields['SAMLResponse'] === undefined ? undefined : { action, fields };
}

/** An application's whole way: to the hub, from there to whichever provider it chooses, back to the hub, back to the application. */
export async function signInAt(app: Registered, parameters: Record<string, string>, jar = new BrowserJar()): Promise<Tokens> {
  const { url: start, verifier } = await authorization(app, parameters);
  const home = app.redirectUri;
  let url = start;
  for (let hop = 0; hop < 8; hop += 1) {
    if (url.href.startsWith(home)) return redeem(app, { callback: url, verifier });
    const at = await jar.follow(url);
    url = at.url;
    if (at.response === undefined) continue;
    const page = await at.response.text();
    const form = hiddenForm(page);
    if (form === undefined) throw new StoppedError(url, at.response.status, page);
    const sent = await jar.post(form.action, form.fields, { origin: url.origin });
    const location = sent.headers.get('location');
    if (location === null) throw new StoppedError(new URL(form.action), sent.status, await sent.text());
    url = new URL(location, form.action);
  }
  throw new StoppedError(url, 0, 'too many hops');
}

/** Where a sign-in that must not succeed ends. */
export async function refusalAt(app: Registered, parameters: Record<string, string>, jar = new BrowserJar()): Promise<{ status: number; page: string }> {
  const ended: unknown = await signInAt(app, parameters, jar).catch((error: unknown) => error);
  if (ended instanceof StoppedError) return ended;
  throw ended instanceof Error ? ended : new Error('the sign-in succeeded');
}

/** The OAuth error that a request of openid-client ends in. */
export async function oauthError(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError ? error.error : String(error)),
  );
}

/** What both places say of the same person: the ID token, and UserInfo with the access token. */
export async function toldRoles(app: Registered, tokens: Tokens): Promise<{ idToken: unknown; userInfo: unknown; orgId: unknown }> {
  const claims = tokens.claims();
  const userInfo = await client.fetchUserInfo(app.config, tokens.access_token, claims?.sub ?? '');
  return { idToken: claims?.['roles'], userInfo: userInfo['roles'], orgId: claims?.['org_id'] };
}
