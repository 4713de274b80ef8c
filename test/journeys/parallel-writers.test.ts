import { expect } from 'chai';
import { startTestHub, type Hub } from '../support/hub.ts';
import { asEntra, asOkta, type ScimClient, type VendorClient } from '../support/scim-client.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const nameOf = (index: number): string => `person-${index}`;

/** Plain pseudo-random numbers: the same at every run, and different for every writer. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761;
  return (sides) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % sides;
  };
}

describe('parallel writers', function writers() {
  this.timeout(30_000);
  let hub: Hub;
  let scim: ScimClient;
  let okta: VendorClient;
  let entra: VendorClient;
  let people: string[];

  const rolesOf = async (index: number): Promise<string[]> => (await hub.ask('GET', `/users/${nameOf(index)}?organization=default`)).roles;

  before(async () => {
    hub = await startTestHub({ OIDC_GROUP_ROLE_MAP: 'everyone=employee, shift=worker, g0=r0, g1=r1, g2=r2|shared, g3=r3|shared' });
    const { token } = await hub.ask('POST', '/organizations/default/scim-tokens');
    scim = hub.scim(token);
    [okta, entra] = [asOkta(scim), asEntra(scim)];
    people = await Promise.all(range(60).map((index) => okta.pushUser({ externalId: `e${index}`, userName: nameOf(index), displayName: `Person ${index}` })));
  });
  after(async () => {
    await hub.stop();
    expect(hub.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('of one group, fifty at once, lose nobody, and everybody has the role', async () => {
    const group = await okta.pushGroup('everyone', []);
    await Promise.all(people.slice(0, 50).map((id, index) => (index % 2 === 0 ? okta : entra).addMembers(group, [id])));
    expect(await scim.members(group)).to.deep.equal(people.slice(0, 50).toSorted());
    for (const index of range(60)) expect(await rolesOf(index), nameOf(index)).to.deep.equal(index < 50 ? ['employee'] : []);
  });

  it('that add and remove, some the same person twice, end with exactly those who were added', async () => {
    const [leaving, staying, coming] = [people.slice(0, 20), people.slice(20, 40), people.slice(40, 60)];
    const group = await okta.pushGroup('shift', [...leaving, ...staying]);
    await Promise.all([
      ...leaving.map((id, index) => (index % 2 === 0 ? okta : entra).removeMember(group, id)),
      ...leaving.slice(0, 5).map((id) => entra.removeMember(group, id)),
      ...coming.map((id) => okta.addMembers(group, [id])),
      ...coming.slice(0, 5).map((id) => entra.addMembers(group, [id, ...staying.slice(0, 3)])),
    ]);
    expect(await scim.members(group)).to.deep.equal([...staying, ...coming].toSorted());
    for (const index of range(60)) expect((await rolesOf(index)).includes('worker'), nameOf(index)).to.equal(index >= 20);
  });

  it('of groups with members in common agree on every role, also where two groups give the same one', async () => {
    const crowd = range(12);
    const groups = await Promise.all(range(4).map((index) => okta.pushGroup(`g${index}`, [])));
    const inside = new Set<string>();
    // Each pair of group and person has one writer; each person is written by several at once.
    const writer = async (number: number): Promise<void> => {
      const [group, roll] = [number % 4, dice(number + 1)];
      const own = crowd.filter((person) => person % 5 === Math.floor(number / 4));
      for (let turn = 0; turn < 6; turn += 1) {
        const chosen = own.filter(() => roll(2) === 1);
        if (chosen.length === 0) continue;
        const ids = chosen.map((person) => people[person] ?? '');
        const vendor = roll(2) === 1 ? okta : entra;
        if (roll(3) > 0) {
          await vendor.addMembers(groups[group] ?? '', ids);
          for (const person of chosen) inside.add(`${group} ${person}`);
        } else {
          for (const id of ids) await vendor.removeMember(groups[group] ?? '', id);
          for (const person of chosen) inside.delete(`${group} ${person}`);
        }
      }
    };
    await Promise.all(range(20).map(writer));
    for (const group of range(4)) {
      const expected = crowd.filter((person) => inside.has(`${group} ${person}`)).map((person) => people[person] ?? '');
      expect(await scim.members(groups[group] ?? ''), `g${group}`).to.deep.equal(expected.toSorted());
    }
    expect(inside.size).to.be.within(6, 42);
    for (const person of crowd) {
      const mapped = range(4).filter((group) => inside.has(`${group} ${person}`));
      const expected = [...mapped.map((group) => `r${group}`), ...(mapped.some((group) => group >= 2) ? ['shared'] : [])];
      expect((await rolesOf(person)).filter((role) => /^r\d|shared/.test(role)), nameOf(person)).to.deep.equal(expected);
    }
  });

  it('of one person, who deactivate and change groups at once, leave no role behind', async () => {
    const [person, id] = [55, people[55] ?? ''];
    const group = await okta.pushGroup('night', []);
    await hub.ask('PUT', '/organizations/default/role-mapping', { map: 'night=guard' });
    await Promise.all([okta.setActive(id, false), okta.addMembers(group, [id]), entra.removeMember(group, id), entra.addMembers(group, [id]), okta.setActive(id, false)]);
    expect(await rolesOf(person)).to.deep.equal([]);
    await entra.setActive(id, true);
    const isMember = (await scim.members(group)).includes(id);
    expect((await rolesOf(person)).includes('guard')).to.equal(isMember);
  });
});
