import { type Html, html } from '../platform/html.ts';
import type { Company } from './cast.ts';
import { page } from './page.ts';

/** One role and why it is there, or why it is withheld. */
export interface ExplainedRole {
  readonly role: string;
  readonly effective: boolean;
  readonly because: readonly string[];
}

export interface SignedInModel {
  readonly claims: Readonly<Record<string, unknown>>;
  /** undefined: the hub could not be asked. */
  readonly explained: readonly ExplainedRole[] | undefined;
}

const FRAME = { look: 'app', owner: 'Harbour', note: 'an application behind the hub' } as const;
const VENDORS = { okta: 'Okta, OpenID Connect', entra: 'Entra ID, SAML 2.0' } as const;

const way = (href: string, name: string, how: string): Html => html`<li><a class="button" href="${href}">${name}</a><span class="quiet">${how}</span></li>`;

/** Nobody is signed in yet. */
export const welcomePage = (companies: readonly Company[], signedOut: boolean): string =>
  page(
    { ...FRAME, title: 'Harbour' },
    html`<h1>Harbour</h1>
<p class="quiet">${signedOut ? 'You are signed out, here and at the hub.' : 'Harbour knows one identity provider: the hub. Which companies sign in through it, and how, is not its business.'}</p>
<div class="card"><h2>Sign in as somebody of …</h2>
<ul class="ways">${companies.map(({ slug, name, vendor }) => way(`/sign-in?organization=${slug}`, name, `by ${VENDORS[vendor]}`))}${way('/sign-in', 'Somebody else', 'the hub asks who you are')}</ul></div>`,
  );

export const failurePage = (reason: string): string =>
  page(
    { ...FRAME, title: 'Not signed in – Harbour' },
    html`<h1>You are not signed in</h1><p class="bad" role="alert">${reason}</p><div class="row"><a class="button" href="/">Back to the start</a></div>`,
  );

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

function reasonsTable(explained: readonly ExplainedRole[]): Html {
  const rows = explained.map(
    ({ role, effective, because }) =>
      html`<tr><th scope="row"><span class="tag ${effective ? 'role' : 'off'}">${role}</span></th><td><ul>${because.map((reason) => html`<li>${reason}</li>`)}</ul></td></tr>`,
  );
  return html`<div class="table"><table><tbody>${rows}</tbody></table></div>`;
}

function reasons(explained: SignedInModel['explained']): Html {
  if (explained === undefined) return html`<p class="quiet">The hub could not be asked.</p>`;
  return explained.length === 0 ? html`<p class="quiet">Nothing grants a role.</p>` : reasonsTable(explained);
}

/** Who is signed in, what the ID token says of them, and why. */
export function signedInPage({ claims, explained }: SignedInModel): string {
  const [roles, groups] = [texts(claims['roles']), texts(claims['groups'])];
  return page(
    { ...FRAME, title: 'Signed in – Harbour' },
    html`<h1>Hello, ${text(claims['name']) || text(claims['preferred_username'])}</h1>
<p class="quiet">This is what the hub’s ID token says.</p>
<div class="card"><dl>
<dt>User name</dt><dd>${text(claims['preferred_username'])}</dd>
<dt>Organization</dt><dd>${text(claims['org'])}</dd>
<dt>Roles</dt><dd class="tags">${roles.length === 0 ? 'none' : roles.map((role) => html`<span class="tag role">${role}</span>`)}</dd>
<dt>Groups</dt><dd class="tags">${groups.length === 0 ? 'none' : groups.map((group) => html`<span class="tag">${group}</span>`)}</dd>
</dl></div>
<h2>Why these roles</h2>
<p class="quiet">As <code>gatehouse user show</code> tells an administrator.</p>
${reasons(explained)}
<details><summary>The claims of the ID token</summary><pre tabindex="0">${JSON.stringify(claims, null, 2)}</pre></details>
<div class="row"><a class="button second" href="/sign-out">Sign out</a></div>`,
  );
}
