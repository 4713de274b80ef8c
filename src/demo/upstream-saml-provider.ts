import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { constantMarkup, html } from '../platform/html.ts';
import type { Company, Person } from './cast.ts';
import { LOOPBACK, close, listen } from './listen.ts';
import { page, sendPage } from './page.ts';
import { type AssertedPerson, type AuthnRequest, assertPerson, makeSigningKey, readAuthnRequest, refuse } from './saml-response.ts';
import { authenticate, loginPage, readForm } from './upstream-login.ts';

/** The hub, as an administrator enters it at the identity provider. */
export interface ServiceProvider {
  readonly entityId: string;
  readonly acsUrl: string;
}

/** A company's SAML identity provider, as Entra ID would be. */
export interface UpstreamSamlProvider {
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly certificate: string;
  /** Registers the hub; before that nobody can sign in. */
  register(hub: ServiceProvider): void;
  close(): Promise<void>;
}

/** Entra names what it says of a person by addresses; the group claim here carries names, as it can be set to. */
const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const assertedOf = ({ id, userName, displayName, email, groups }: Person): AssertedPerson => ({
  nameId: userName,
  attributes: {
    [`${CLAIMS}/name`]: [userName],
    [`${CLAIMS}/emailaddress`]: [email],
    'http://schemas.microsoft.com/identity/claims/displayname': [displayName],
    'http://schemas.microsoft.com/identity/claims/objectidentifier': [id],
    'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': groups,
  },
});

/** SAML Bindings §3.5: the answer travels as a form that the browser posts by itself. */
const answerPage = ({ name }: Company, acsUrl: string, fields: Readonly<Record<string, string>>): string =>
  page(
    { title: `${name} – back`, look: 'entra', owner: name, note: 'simulated Entra ID, SAML 2.0' },
    html`<h1>Back to the hub …</h1><form method="post" action="${acsUrl}">${Object.entries(fields).map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}<div class="row"><button>Continue</button></div></form>${constantMarkup('<script>document.forms[0].submit()</script>')}`,
  );

class SamlProvider {
  readonly #company: Company;
  readonly #entityId: string;
  readonly #key;
  #hub: ServiceProvider | undefined;

  constructor(company: Company, entityId: string) {
    this.#company = company;
    this.#entityId = entityId;
    this.#key = makeSigningKey(company.domain, Date.now());
  }

  get certificate(): string {
    return this.#key.certificate;
  }

  register(hub: ServiceProvider): void {
    this.#hub = hub;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.#entityId);
    if (pathname !== '/sso') return sendPage(response, 404, 'There is nothing here.');
    const fields = request.method === 'POST' ? await readForm(request) : searchParams;
    const asked = readAuthnRequest(fields.get('SAMLRequest') ?? '');
    const hub = this.#hub;
    // The answer goes to the registered address whatever the request says: else anybody could have it sent to himself.
    if (asked === undefined || hub === undefined || asked.issuer !== hub.entityId) return sendPage(response, 400, 'No service that is known here asked for this.');
    if (request.method !== 'POST') return this.#showLogin(response, fields, 200);
    if (fields.has('cancel')) return this.#leave(response, fields, hub, asked, undefined);
    const person = authenticate(this.#company, fields.get('user_name') ?? '', fields.get('password') ?? '');
    return person === undefined ? this.#showLogin(response, fields, 401) : this.#leave(response, fields, hub, asked, person);
  }

  #showLogin(response: ServerResponse, fields: URLSearchParams, status: 200 | 401): void {
    const hidden = { SAMLRequest: fields.get('SAMLRequest') ?? '', RelayState: fields.get('RelayState') ?? '' };
    sendPage(response, status, loginPage({ company: this.#company, protocol: 'SAML 2.0', action: '/sso', hidden, userName: fields.get('user_name') ?? fields.get('login_hint') ?? '', wrong: status === 401 }));
  }

  #leave(response: ServerResponse, fields: URLSearchParams, { acsUrl }: ServiceProvider, request: AuthnRequest, person: Person | undefined): void {
    const facts = { request, acsUrl, entityId: this.#entityId, now: Date.now() };
    const SAMLResponse = person === undefined ? refuse(facts) : assertPerson(facts, assertedOf(person), this.#key);
    sendPage(response, 200, answerPage(this.#company, acsUrl, { SAMLResponse, RelayState: fields.get('RelayState') ?? '' }));
  }
}

/** Starts it on the port, or on a free one. */
export async function startUpstreamSamlProvider(company: Company, port: number): Promise<UpstreamSamlProvider> {
  const server = createServer();
  const entityId = `http://${LOOPBACK}:${await listen(server, port)}`;
  const provider = new SamlProvider(company, entityId);
  server.on('request', (request, response) => {
    provider.answer(request, response).catch((error: unknown) => sendPage(response, 400, String(error)));
  });
  return { entityId, ssoUrl: `${entityId}/sso`, certificate: provider.certificate, register: (hub) => provider.register(hub), close: () => close(server) };
}
