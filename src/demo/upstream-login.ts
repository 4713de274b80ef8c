import type { IncomingMessage } from 'node:http';
import { foldKey } from '../platform/fold.ts';
import { html } from '../platform/html.ts';
import { type Company, PASSWORD, type Person } from './cast.ts';
import { page } from './page.ts';

/** What the identity providers have in common: a company's people sign in with a name and a password, or think better of it. */
export interface LoginPage {
  readonly company: Company;
  readonly protocol: 'OpenID Connect' | 'SAML 2.0';
  /** Where the form leads. */
  readonly action: string;
  /** What must come back with it. */
  readonly hidden?: Readonly<Record<string, string>>;
  readonly userName?: string | undefined;
  readonly wrong?: boolean;
}

const VENDORS = { okta: 'Okta', entra: 'Entra ID' } as const;

export function loginPage({ company, protocol, action, hidden = {}, userName = '', wrong = false }: LoginPage): string {
  const { name, vendor, leads, people, roleMap } = company;
  const frame = { title: `Sign in – ${name}`, look: vendor, owner: name, note: `simulated ${VENDORS[vendor]}, ${protocol}` };
  return page(
    frame,
    html`<h1>Sign in at ${name}</h1>
<p class="quiet">The company’s own identity provider: the hub never sees the password, which is <code>${PASSWORD}</code> for everybody.</p>
${wrong && html`<p class="bad" role="alert">User name or password is wrong.</p>`}
<form method="post" action="${action}">
${Object.entries(hidden).map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}
<label>User name<input name="user_name" value="${userName}" autocomplete="username" autocapitalize="none" spellcheck="false" required ${userName === '' && 'autofocus'}></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required ${userName !== '' && 'autofocus'}></label>
<div class="row"><button>Sign in</button><button class="second" name="cancel" value="yes" formnovalidate>Cancel</button></div>
</form>
<h2>Who may sign in here</h2>
<div class="table"><table><tbody>${leads.map((lead) => html`<tr><td><code>${lead.userName}</code><br><span class="quiet">${lead.displayName} · ${lead.groups.join(', ') || 'in no group'}</span></td></tr>`)}</tbody></table></div>
<p class="quiet">… and ${people.length - leads.length} more. The hub maps <code>${roleMap}</code>.</p>`,
  );
}

/** The person whom name and password prove; the demonstration has one password for all. */
export function authenticate(company: Company, userName: string, password: string): Person | undefined {
  const key = foldKey(userName.trim());
  const person = company.people.find((one) => foldKey(one.userName) === key);
  return password === PASSWORD ? person : undefined;
}

const MOST_BYTES = 256 * 1024;

/** The fields of a form that was posted. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MOST_BYTES) throw new Error('The form is too large.');
  }
  return new URLSearchParams(text);
}
