import { expect } from 'chai';
import { BrowserJar } from '../../support/browser-jar.ts';
import { startTestHub, type Hub } from '../../support/hub.ts';
import { authorization, type Registered } from '../../support/provider-hub.ts';
import { leadsTo } from '../../support/relying-party.ts';
import { startUpstreamProvider, type UpstreamProvider } from '../../support/upstream-openid-provider.ts';

describe('the identifier page', function () {
  this.timeout(20_000);
  let hub: Hub;
  let app: Registered;
  let upstream: UpstreamProvider;
  const domains = '/organizations/acme/domains';

  /** What is shown to somebody who types this name. */
  async function shownTo(identifier: string): Promise<string> {
    const jar = new BrowserJar();
    const { url } = await jar.follow((await authorization(app)).url);
    return (await jar.post(`${url.href}/identifier`, { identifier })).text();
  }

  before(async () => {
    hub = await startTestHub();
    await hub.ask('POST', '/organizations', { slug: 'acme' });
    upstream = await startUpstreamProvider({ accounts: {}, redirectUris: ['https://unused.example/callback'] });
    const settings = { issuer: upstream.issuer, clientId: upstream.clientId, clientSecret: upstream.clientSecret };
    await hub.ask('POST', '/organizations/acme/connections', { name: 'okta', protocol: 'oidc', settings });
    app = await hub.register();
    for (const domain of ['verified.example', 'bücher.example', 'claimed.example']) await hub.ask('POST', domains, { domain, connection: 'okta' });
    for (const domain of ['verified.example', 'xn--bcher-kva.example']) await hub.ask('POST', `${domains}/${domain}/verify`, { byOperator: true });
  });
  after(async () => {
    await hub.stop();
    await upstream.close();
  });

  it('leads people of a verified domain to its connection, in whichever script they write it', async () => {
    for (const name of ['ada@Verified.Example', 'ada@bücher.example', 'ada@xn--bcher-kva.example']) expect(leadsTo(await shownTo(name)).origin, name).to.equal(upstream.issuer);
  });

  it('asks people of a domain that is only claimed for a password', async () => {
    expect(await shownTo('ada@claimed.example')).to.include('type="password"').and.not.include(upstream.issuer);
  });
});
