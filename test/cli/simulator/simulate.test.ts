import { expect } from 'chai';
import { simulate, type Report, type SimulationOptions } from '#hub/cli/simulator/index.js';
import { startSimulatedHub, type SimulatedHub } from './simulated-hub.ts';

const kindsOf = (report: Report): string[] => report.kinds.map(({ kind }) => kind);

const expectFlawless = (report: Report): void => {
  expect([report.firstFailure, report.reasons, report.remarks, report.aborted]).to.deep.equal([undefined, [], [], undefined]);
  expect(report.verified.requests).to.be.greaterThan(40);
  expect(report.verified.failed).to.equal(0);
};

describe('the simulator against the hub', function () {
  this.timeout(30_000);
  let hub: SimulatedHub;
  before(async () => {
    hub = await startSimulatedHub();
  });
  after(() => hub.close());

  async function play(connection: string, options: Pick<SimulationOptions, 'vendor'> & Partial<SimulationOptions>): Promise<Report> {
    const token = await hub.tokenFor(connection);
    return simulate({ url: hub.scim, token, people: 30, groups: 4, ...options });
  }

  it('plays Okta with an application of its catalog, and finds everything as it must be', async () => {
    const report = await play('okta', { vendor: 'okta' });
    expectFlawless(report);
    expect(kindsOf(report)).to.include.members(['user look-up', 'user create', 'user replace', 'user disable', 'user enable', 'group create', 'members add', 'members remove', 'group rename', 'group delete']);
    expect(kindsOf(report)).not.to.include('user delete');
  });

  it('plays Okta with an application of its wizard: PUT for everything', async () => {
    const report = await play('okta-wizard', { vendor: 'okta', oktaApplication: 'wizard' });
    expectFlawless(report);
    expect(kindsOf(report)).to.include('group replace').and.not.include('members add');
  });

  it('plays Entra', async () => {
    const report = await play('entra', { vendor: 'entra' });
    expectFlawless(report);
    expect(kindsOf(report)).to.include.members(['user update', 'user disable', 'user enable', 'user delete', 'reference look-up', 'group create', 'members add', 'members remove', 'group rename', 'group delete']);
  });

  it('plays Entra as it speaks with aadOptscim062020', async () => {
    expectFlawless(await play('entra-compliant', { vendor: 'entra', url: `${hub.scim}?aadOptscim062020` }));
  });
});
