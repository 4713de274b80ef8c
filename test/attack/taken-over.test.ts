import { expect } from 'chai';
import { startCustomer, type Customer } from '../support/customer.ts';
import { startTestHub, type Hub } from '../support/hub.ts';
import type { Registered } from '../support/provider-hub.ts';
import { refusalAt } from '../support/relying-party.ts';

/** Where a claim that people can choose joins push and sign-in, who comes second gets nothing of who came first. */
describe('a pushed person', function takenOver() {
  this.timeout(30_000);
  let hub: Hub;
  let app: Registered;
  let acme: Customer;

  before(async () => {
    hub = await startTestHub();
    app = await hub.register();
    const name = { preferred_username: 'ann@acme.example' };
    acme = await startCustomer(hub, 'acme', { ann: name, eve: name });
    await hub.ask('PATCH', '/organizations/acme/connections/idp', { subjectMatch: { claim: 'preferred_username', equals: 'userName' } });
    await acme.push('somewhere else', 'ann@acme.example');
  });
  after(async () => {
    await acme.upstream.close();
    await hub.stop();
  });

  it('belongs to the subject that was first, whatever another one says of their name', async () => {
    const ann = (await acme.enter(app, 'ann')).claims()?.sub;
    const { status, page } = await refusalAt(app, { organization: 'acme', login_hint: 'eve' });
    expect(status).to.equal(403);
    expect(page).not.to.include('ann@acme.example');
    expect(hub.logged.map(({ code }) => code)).to.include('provisioning.bound_to_another');
    expect((await acme.enter(app, 'ann')).claims()?.sub).to.equal(ann);
  });
});
