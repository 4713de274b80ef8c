import { expect } from 'chai';
import { parseConnectionSettings } from '#hub/federation/index.js';
import { BrowserJar } from '../../support/browser-jar.ts';
import { authorization, redeem, type Registered } from '../../support/provider-hub.ts';
import { startSignInHub, type SignInHub } from '../../support/sign-in-hub.ts';
import { serveSamlProvider, UpstreamSamlProvider } from '../../support/upstream-saml-provider.ts';

interface Answer {
  readonly action: string;
  readonly fields: Record<string, string>;
  readonly verifier: string;
}

/** What the identity provider's form sends, as a browser does it: from another site, hence without our Lax cookies. */
const postFromElsewhere = ({ action, fields }: Answer): Promise<Response> => new BrowserJar().post(action, fields, { origin: 'https://idp.example' });

const parkedAt = (response: Response): URL => new URL(response.headers.get('location') ?? '');

describe('sign-in by SAML', () => {
  const idp = new UpstreamSamlProvider();
  let hub: SignInHub;
  let app: Registered;
  let connection: string;
  let amina: string;
  let served: Awaited<ReturnType<typeof serveSamlProvider>>;

  before(async () => {
    hub = await startSignInHub();
    const org = await hub.people.organization('acme');
    amina = await hub.people.account(org);
    await hub.people.member(org, amina, 'amina@acme.example', ['payroll']);
    connection = await hub.people.connection(org, 'adfs');
    served = await serveSamlProvider(idp, { 'amina@acme.example': {} });
    const settings = parseConnectionSettings('saml', { idpEntityId: idp.entityId, ssoUrl: served.ssoUrl, idpCertificates: [idp.key.certificate] });
    hub.connections.set(connection, { id: connection, orgId: org, name: 'adfs', protocol: 'saml', settings, subjectMatch: null, jit: true });
    hub.provision = (identity, { orgId }) => (identity.subject === 'amina@acme.example' ? Promise.resolve({ accountId: amina, orgId }) : Promise.reject(new Error(identity.subject)));
    app = await hub.register();
  });
  after(async () => {
    await served.close();
    await hub.close();
  });

  /** From the application to the form with which the identity provider answers. */
  async function answered(jar: BrowserJar): Promise<Answer> {
    const { url, verifier } = await authorization(app, { organization: 'acme' });
    const { url: sso } = await jar.follow(url);
    sso.searchParams.set('login_hint', 'amina@acme.example');
    const form = await (await fetch(sso)).text();
    const fields = Object.fromEntries([...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
    return { action: /action="([^"]+)"/.exec(form)?.[1] ?? '', fields, verifier };
  }

  it('parks the response, lets the browser come for it with its cookie, and ends with a code', async () => {
    const jar = new BrowserJar();
    const answer = await answered(jar);
    expect(answer.action).to.equal(`${hub.publicUrl}/federation/${connection}/saml/acs`);
    const parked = await postFromElsewhere(answer);
    expect(parked.status).to.equal(303);
    const { url: callback } = await jar.follow(parkedAt(parked));
    expect((await redeem(app, { callback, verifier: answer.verifier })).claims()).to.deep.include({ sub: amina, roles: ['payroll'] });
  });

  it('refuses a response in another browser, a second time, and without its ticket', async () => {
    const jar = new BrowserJar();
    const answer = await answered(jar);
    const [first, second, third] = [parkedAt(await postFromElsewhere(answer)), parkedAt(await postFromElsewhere(answer)), parkedAt(await postFromElsewhere(answer))];
    expect((await new BrowserJar().request(first)).status).to.be.within(400, 502);
    expect((await jar.request(second)).status).to.equal(303);
    expect((await jar.request(second)).status).to.equal(400);
    expect((await jar.request(third)).status).to.be.within(400, 502);
    third.searchParams.set('ticket', 'x');
    expect((await jar.request(third)).status).to.equal(400);
  });

  it('refuses what is no response, too large, or altered', async () => {
    const jar = new BrowserJar();
    const answer = await answered(jar);
    const refusals: [Record<string, string>, string][] = [
      [{}, 'sign_in.no_response'],
      [{ SAMLResponse: 'x'.repeat(1_100_000) }, 'sign_in.malformed'],
    ];
    for (const [fields, code] of refusals) {
      const refused = await postFromElsewhere({ ...answer, fields });
      expect([refused.status, hub.logged.at(-1)?.['code']]).to.deep.equal([400, code]);
      expect(await refused.text()).to.include('<code>');
    }
    const xml = Buffer.from(answer.fields.SAMLResponse ?? '', 'base64').toString();
    const altered = { ...answer.fields, SAMLResponse: Buffer.from(xml.replace('amina@acme.example', 'root@acme.example')).toString('base64') };
    const { response } = await jar.follow(parkedAt(await postFromElsewhere({ ...answer, fields: altered })));
    expect(response?.status).to.equal(502);
    expect(hub.logged.at(-1)?.['code']).to.match(/^federation\.saml\.signature/);
  });

  it('shows the metadata that the administrator uploads', async () => {
    const response = await fetch(`${hub.publicUrl}/federation/${connection}/saml/metadata`);
    expect(response.headers.get('content-type')).to.match(/xml/);
    expect(await response.text()).to.include(`${hub.publicUrl}/federation/${connection}/saml/acs`);
  });
});
