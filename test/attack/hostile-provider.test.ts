import { expect } from 'chai';
import { BrowserJar } from '../support/browser-jar.ts';
import { startCustomer, type Customer } from '../support/customer.ts';
import { startTestHub, type Hub } from '../support/hub.ts';
import { authorization, redeem, type Registered, type Started } from '../support/provider-hub.ts';
import { oauthError, signInAt, type Tokens } from '../support/relying-party.ts';

const ANN = 'ann@acme.example';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** Sends the browser to a connection that the page did not offer. */
async function chooseConnection(at: Registered, connection: string, hint: string): Promise<{ status: number; page: string }> {
  const jar = new BrowserJar();
  const { url } = await authorization(at, { login_hint: hint });
  const start = await jar.request(url);
  const interaction = new URL(start.headers.get('location') ?? '', url);
  const chosen = await jar.post(`${interaction.href}/connection`, { connection });
  const leads = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(await chosen.text())?.[1]?.replaceAll('&amp;', '&');
  let next = new URL(leads ?? interaction.href);
  for (let hop = 0; hop < 6; hop += 1) {
    const { url: reached, response } = await jar.follow(next);
    if (response !== undefined) return { status: response.status, page: await response.text() };
    next = reached;
  }
  throw new Error('nobody answered');
}

/** A sign-in of ann up to the moment in which her provider sends her back. */
async function halfway(app: Registered, jar: BrowserJar): Promise<Started> {
  const { url, verifier } = await authorization(app, { organization: 'acme', login_hint: 'ann' });
  let next = url;
  while (!next.pathname.endsWith('/oidc/callback')) {
    const response = await jar.request(next);
    next = new URL(response.headers.get('location') ?? '', next);
  }
  return { url: next, verifier };
}
const opened = async (url: URL | string, jar: BrowserJar): Promise<number> => (await jar.request(url)).status;
const goesOn = async (app: Registered, { url, verifier }: Started, jar: BrowserJar): Promise<Tokens> => {
  const { url: callback } = await jar.follow(url);
  return redeem(app, { callback, verifier });
};

/** A customer whose provider lies as well as it can: it knows every name, address and id of another customer's people. */
describe('a customer with a hostile provider', function hostileProvider() {
  this.timeout(30_000);
  let hub: Hub;
  let app: Registered;
  let ofAcme: Registered;
  let acme: Customer;
  let evil: Customer;
  let ann: string;
  let annUser: string;

  before(async () => {
    hub = await startTestHub({ OIDC_GROUP_ROLE_MAP: 'Administrators=admin' });
    acme = await startCustomer(hub, 'acme', { ann: { email: ANN, email_verified: true } });
    annUser = await acme.push('ann', ANN);
    ann = await hub.accountOf('acme', ANN);
    const lies = { email: ANN, email_verified: true, preferred_username: ANN, groups: ['Administrators', 'ADMINISTRATORS', 'gatehouse', 'operators'] };
    evil = await startCustomer(hub, 'evil', { ann: lies, [ANN]: lies, [ann]: lies, [annUser]: lies, mole: lies });
    app = await hub.register();
    ofAcme = await hub.register({}, 'acme');
  });
  after(async () => {
    await Promise.all([acme, evil].map(({ upstream }) => upstream.close()));
    await hub.stop();
    expect(hub.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('reaches nobody of another customer by any subject, name or address, when it admits whom nobody pushed', async () => {
    for (const subject of ['ann', ANN, ann, annUser]) {
      const claims = (await evil.enter(app, subject)).claims();
      expect(claims?.sub).not.to.equal(ann);
      expect(claims?.['org']).to.equal('evil');
    }
    expect((await hub.ask('GET', '/users?organization=acme')).items.map(({ id }: { id: string }) => id)).to.deep.equal([ann]);
  });

  it('reaches nobody of another customer by pushing them first', async () => {
    const pushed = await evil.push('ann', ANN);
    expect(await hub.accountOf('evil', ANN).catch(() => 'ambiguous')).not.to.equal(ann);
    expect((await evil.enter(app, 'ann')).claims()?.sub).not.to.equal(ann);
    await evil.feed.scim.ask('DELETE', `/Users/${pushed}`);
    expect((await acme.enter(app, 'ann')).claims()?.sub).to.equal(ann);
  });

  it('gives roles in its own organization alone, and none in the installation', async () => {
    const mole = await evil.push('mole');
    await evil.feed.scim.ask('POST', '/Groups', { schemas: [GROUP], displayName: 'Administrators', externalId: 'operators', members: [{ value: mole }] });
    const claims = (await evil.enter(app, 'mole')).claims();
    expect([claims?.['org'], claims?.['roles']]).to.deep.equal(['evil', ['admin']]);
    expect((await hub.ask('GET', `/users/${ann}?organization=acme`)).roles).to.deep.equal([]);
  });

  it('brings nobody into an application of another customer, whatever the request says', async () => {
    for (const parameters of [{ organization: 'evil' }, { organization: 'evil', prompt: 'none' }]) expect(await oauthError(signInAt(ofAcme, parameters))).to.equal('invalid_request');
    const jar = new BrowserJar();
    await evil.enter(app, 'mole', jar);
    expect(await oauthError(signInAt(ofAcme, { prompt: 'none' }, jar))).to.equal('login_required');
    const { page, status } = await chooseConnection(ofAcme, evil.feed.connectionId, 'mole');
    expect([status, page.includes('<form')]).to.deep.equal([403, false]);
  });

  describe('that also holds an answer meant for somebody else', () => {
    it('cannot use it in another browser, and the right browser still can', async () => {
      const [hers, theirs] = [new BrowserJar(), new BrowserJar()];
      const answer = await halfway(app, hers);
      expect(await opened(answer.url, theirs)).to.be.oneOf([400, 403, 404, 410]);
      await halfway(app, theirs);
      expect(await opened(answer.url, theirs)).to.be.oneOf([400, 403, 404, 410]);
      expect((await goesOn(app, answer, hers)).claims()?.sub).to.equal(ann);
    });

    it('cannot pass it off as an answer of its own', async () => {
      const jar = new BrowserJar();
      const { url: callback } = await halfway(app, jar);
      callback.pathname = callback.pathname.replace(acme.feed.connectionId, evil.feed.connectionId);
      expect(await opened(callback, jar)).to.be.at.least(400);
      expect(hub.logged.at(-1)).to.include({ msg: 'sign-in refused', code: 'federation.connection_mismatch' });
    });

    it('cannot use it twice', async () => {
      const jar = new BrowserJar();
      const answer = await halfway(app, jar);
      await goesOn(app, answer, jar);
      expect(await opened(answer.url, jar)).to.be.oneOf([400, 403, 404, 410]);
    });

    it('cannot finish or answer the sign-in page of another browser', async () => {
      const [hers, theirs] = [new BrowserJar(), new BrowserJar()];
      const { url } = await authorization(app, { scope: 'openid' });
      const page = new URL((await hers.request(url)).headers.get('location') ?? '', url).href;
      await theirs.request(url);
      for (const path of ['', '/return', '/identifier']) expect(await opened(page + path, theirs)).to.be.within(400, 499);
      for (const path of ['/identifier', '/connection', '/password', '/organization', '/consent'])
        expect((await theirs.post(page + path, { identifier: 'x', password: 'x', connection: evil.feed.connectionId, decision: 'allow', organization: 'x' })).status).to.be.within(400, 499);
      expect((await hers.post(`${page}/identifier`, { identifier: 'x' }, { origin: 'https://evil.example' })).status).to.equal(400);
      expect((await hers.request(page)).status).to.equal(200);
    });
  });
});
