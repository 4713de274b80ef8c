import { expect } from 'chai';
import { startAdminServer, type AdminServer, type Answer } from '../../support/admin-server.ts';

const at = (organization: string, rest = ''): string => `/admin/organizations/${organization}/domains${rest}`;

describe('domains of the administration API', () => {
  let server: AdminServer;
  const claim = (domain: string, organization = 'acme', connection = 'okta'): Promise<Answer> => server.call('POST', at(organization), { domain, connection });
  const told = async (domain: string, organization = 'acme'): Promise<unknown[]> => {
    const { body } = await server.call('GET', `/admin/audit?organization=${organization}&target=${domain}`);
    return body.items.map(({ action, details }: { action: string; details: { by?: string } }) => [action, details.by]);
  };

  before(async () => {
    server = await startAdminServer();
    const okta = { name: 'okta', protocol: 'oidc', settings: { issuer: 'https://idp.example', clientId: 'one', clientSecret: 'a' } };
    for (const slug of ['acme', 'globex']) {
      await server.call('POST', '/admin/organizations', { slug });
      await server.call('POST', `/admin/organizations/${slug}/connections`, okta);
    }
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('are claimed, proved by a TXT record and given up, each of which the audit tells', async () => {
    const claimed = await claim('Acme.Example');
    expect(claimed.status, claimed.text).to.equal(201);
    const { record } = claimed.body;
    expect(claimed.body).to.include({ domain: 'acme.example', verifiedAt: null, verifiedBy: null });
    expect(record).to.include({ name: '_gatehouse.acme.example', type: 'TXT' });
    expect(record.value).to.match(/^gatehouse-domain-verification=[0-9a-f]{32}$/);

    const early = await server.call('POST', at('acme', '/acme.example/verify'), {});
    expect(early.status).to.equal(409);
    expect(early.body.code).to.equal('admin.domain_unproved');
    server.txtRecords.set(record.name, ['v=spf1 -all', record.value]);
    const verified = await server.call('POST', at('acme', '/ACME.example/verify'), {});
    expect(verified.body, verified.text).to.include({ domain: 'acme.example', verifiedBy: 'dns' });
    expect((await server.call('POST', at('acme', '/acme.example/verify'), {})).body).to.deep.equal(verified.body);

    expect((await server.call('GET', at('acme'))).body.items).to.deep.equal([verified.body]);
    expect((await server.call('DELETE', at('acme', '/acme.example'))).status).to.equal(200);
    expect((await server.call('GET', at('acme'))).body.items).to.deep.equal([]);
    expect((await server.call('DELETE', at('acme', '/acme.example'))).status).to.equal(404);
    expect(await told('acme.example')).to.have.deep.members([['domain.claimed', undefined], ['domain.verified', 'dns'], ['domain.removed', undefined]]);
  });

  it('are verified by the word of an operator, and audited as such', async () => {
    await claim('vouched.example');
    const verified = await server.call('POST', at('acme', '/vouched.example/verify'), { byOperator: true });
    expect(verified.body, verified.text).to.include({ verifiedBy: 'operator' });
    expect(await told('vouched.example')).to.deep.include(['domain.verified', 'operator']);
  });

  it('are proved by one organization only; the other is told why', async () => {
    for (const organization of ['acme', 'globex']) expect((await claim('shared.example', organization)).status).to.equal(201);
    await server.call('POST', at('acme', '/shared.example/verify'), { byOperator: true });
    const second = await server.call('POST', at('globex', '/shared.example/verify'), { byOperator: true });
    expect(second.status).to.equal(409);
    expect(second.body).to.include({ code: 'organizations.domain_taken', detail: 'Another organization has proved that shared.example is its own.' });
    expect(await told('shared.example', 'globex')).to.deep.equal([['domain.claimed', undefined]]);
  });

  it('are not proved by the token of another organization', async () => {
    const [own, foreign] = [await claim('borrowed.example'), await claim('borrowed.example', 'globex')];
    server.txtRecords.set(own.body.record.name, [foreign.body.record.value]);
    expect((await server.call('POST', at('acme', '/borrowed.example/verify'), {})).body.code).to.equal('admin.domain_unproved');
  });

  it('are refused when they are no domain, claimed twice, or lead to where nobody signs in', async () => {
    for (const domain of ['localhost', '*.acme.example', '192.0.2.1', 'a@acme.example', 'acme.example.', '__proto__', 'a\0b.example', '\ud800.example']) {
      const { status, text } = await claim(domain);
      expect(status, `${JSON.stringify(domain)}: ${text}`).to.equal(400);
    }
    await claim('twice.example');
    expect((await claim('twice.example')).body.code).to.equal('organizations.domain_claimed');
    expect((await claim('push.example', 'acme', 'default')).body.code).to.equal('admin.domain_connection');
    expect((await claim('nowhere.example', 'acme', 'nowhere')).status).to.equal(404);
    expect((await server.call('POST', at('acme', '/unclaimed.example/verify'), {})).status).to.equal(404);
    expect((await server.call('POST', at('acme', '/%00/verify'), {})).status).to.equal(400);
  });
});
