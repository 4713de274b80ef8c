import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  effectiveRoles,
  explainRoles,
  indexRules,
  parseGroupRoleMap,
  parseRoleOverrides,
  printRoles,
  resolveRoles,
  rulesFrom,
  type GroupRoleRule,
  type MemberGroup,
  type ResolveInput,
  type RoleGrant,
  type SetGrant,
} from '#hub/domain/access/index.js';

const NOW = Date.UTC(2030, 0, 1);
const group = (name: string, more: Partial<MemberGroup> = {}): MemberGroup => ({ id: `id-${name}`, name, connectionId: 'okta', ...more });
const present = (...groups: MemberGroup[]): ResolveInput['groups'] => ({ state: 'present', groups });
const set = (role: string, more: Partial<SetGrant> = {}): SetGrant => ({ role, cause: 'manual', causeRef: '', expiresAt: null, ...more });
const isSet = (grant: RoleGrant): grant is SetGrant => !['mapping', 'default', 'override'].includes(grant.cause);
const rules = rulesFrom(parseGroupRoleMap('Engineers=developer|viewer,Admins=admin'), 'environment');
const base: ResolveInput = {
  now: NOW,
  status: 'active',
  groups: { state: 'empty' },
  rules: indexRules(rules),
  defaults: [],
  overrides: null,
  set: [],
  previous: [],
};
const rolesOf = (more: Partial<ResolveInput>): readonly string[] => resolveRoles({ ...base, ...more }).roles;

describe('roles from groups', () => {
  it('come by the name of the group, by its id or by its id at the provider, in any case', () => {
    expect(rolesOf({ groups: present(group('ENGINEERS')) })).to.deep.equal(['developer', 'viewer']);
    expect(rolesOf({ groups: present(group('x', { id: 'admins' })) })).to.deep.equal(['admin']);
    expect(rolesOf({ groups: present(group('x', { externalId: 'Admins' })) })).to.deep.equal(['admin']);
    expect(rolesOf({ groups: present(group('Engineer')) })).to.deep.equal([]);
  });

  it('come by a rule of one connection only for the groups of that connection', () => {
    const index = indexRules(rulesFrom(parseGroupRoleMap('Admins=owner'), 'connection', 'entra'));
    expect(rolesOf({ rules: index, groups: present(group('Admins')) })).to.deep.equal([]);
    expect(rolesOf({ rules: index, groups: present(group('Admins', { connectionId: 'entra' })) })).to.deep.equal(['owner']);
  });

  it('stay when the groups are unknown and go when there are none', () => {
    const { grants } = resolveRoles({ ...base, groups: present(group('Admins')) });
    expect(rolesOf({ groups: { state: 'unknown' }, previous: grants })).to.deep.equal(['admin']);
    expect(rolesOf({ groups: { state: 'empty' }, previous: grants })).to.deep.equal([]);
    expect(rolesOf({ groups: present(), previous: grants })).to.deep.equal([]);
  });

  it('go with the rule that gave them, even when the groups are unknown', () => {
    const { grants } = resolveRoles({ ...base, groups: present(group('Admins'), group('Engineers')) });
    const narrower = indexRules(rulesFrom(parseGroupRoleMap('Engineers=viewer'), 'environment'));
    expect(rolesOf({ groups: { state: 'unknown' }, previous: grants, rules: narrower })).to.deep.equal(['viewer']);
  });

  it('are the same rows whether the groups are told again or kept', () => {
    const told = resolveRoles({ ...base, groups: present(group('Engineers'), group('Admins')) });
    expect(resolveRoles({ ...base, groups: { state: 'unknown' }, previous: told.grants }).grants).to.deep.equal(told.grants);
  });
});

describe('default roles', () => {
  it('are for those to whom no group gives a role', () => {
    expect(rolesOf({ defaults: ['viewer'] })).to.deep.equal(['viewer']);
    expect(rolesOf({ defaults: ['guest'], groups: present(group('Unmapped')) })).to.deep.equal(['guest']);
    expect(rolesOf({ defaults: ['guest'], groups: present(group('Admins')) })).to.deep.equal(['admin']);
  });

  it('are not driven out by roles set by hand, nor brought in by suppression', () => {
    expect(rolesOf({ defaults: ['guest'], set: [set('admin')] })).to.deep.equal(['admin', 'guest']);
    const overrides = parseRoleOverrides({ suppressed: ['admin'] });
    expect(rolesOf({ defaults: ['guest'], groups: present(group('Admins')), overrides })).to.deep.equal([]);
  });
});

describe('roles set by hand', () => {
  it('count until their expiry, and no longer at that very instant', () => {
    const grant = set('admin', { expiresAt: NOW });
    expect(rolesOf({ set: [grant], now: NOW - 1 })).to.deep.equal(['admin']);
    expect(rolesOf({ set: [grant] })).to.deep.equal([]);
    expect(resolveRoles({ ...base, set: [grant] }).grants).to.deep.equal([]);
  });

  it('survive a sync that takes every group away', () => {
    expect(rolesOf({ set: [set('auditor'), set('lead', { cause: 'request', causeRef: 'r1' })] })).to.deep.equal(['auditor', 'lead']);
  });
});

describe('overrides', () => {
  const overrides = parseRoleOverrides({ preserved: ['auditor'], suppressed: ['admin'], reason: 'audit', author: 'ann', expires_at: '2030-06-01T00:00:00Z' });

  it('keep preserved roles and withhold suppressed ones, whatever grants them', () => {
    const input = { groups: present(group('Admins')), set: [set('admin')], defaults: ['admin'], overrides };
    expect(rolesOf(input)).to.deep.equal(['auditor']);
    expect(rolesOf({ overrides: parseRoleOverrides({ preserved: ['admin'], suppressed: ['admin'] }) })).to.deep.equal([]);
  });

  it('end at their expiry to the millisecond, and do nothing when they are off', () => {
    const at = (now: number): readonly string[] => rolesOf({ groups: present(group('Admins')), overrides, now });
    const end = Date.UTC(2030, 5, 1);
    expect(at(end - 1)).to.deep.equal(['auditor']);
    expect(at(end)).to.deep.equal(['admin']);
    expect(rolesOf({ overrides: { ...overrides, enabled: false } })).to.deep.equal([]);
  });

  it('leave the rows of suppressed roles in place, so that nothing set by hand is lost', () => {
    const { grants, withheld } = resolveRoles({ ...base, set: [set('admin')], overrides });
    expect(grants).to.deep.include(set('admin'));
    expect(withheld.map(({ role, why }) => [role, why])).to.deep.equal([['admin', 'suppressed']]);
  });
});

describe('a suspended member', () => {
  it('has no role, and every cause is kept for later', () => {
    const resolved = resolveRoles({ ...base, status: 'suspended', set: [set('auditor')], groups: present(group('Admins')), overrides: parseRoleOverrides({ preserved: ['x'] }) });
    expect(resolved.roles).to.deep.equal([]);
    expect(resolved.grants.map(({ role }) => role)).to.deep.equal(['admin', 'auditor', 'x']);
    expect(resolved.withheld.every(({ why }) => why === 'suspended')).to.equal(true);
  });
});

describe('explanation', () => {
  it('names every cause of every role, and what withholds one', () => {
    const resolved = resolveRoles({
      ...base,
      groups: present(group('Admins', { via: 'indirect' }), group('Engineers')),
      set: [set('viewer', { expiresAt: NOW + 1000 })],
      overrides: parseRoleOverrides({ suppressed: ['admin'], author: 'ann', reason: 'leaving' }),
    });
    expect(printRoles(explainRoles(resolved)).split('\n')).to.deep.equal([
      'admin (suppressed by an override of ann (leaving))',
      '  member of "Admins" (through a nested group), by OIDC_GROUP_ROLE_MAP',
      'developer',
      '  member of "Engineers", by OIDC_GROUP_ROLE_MAP',
      'viewer',
      '  set by an administrator until 2030-01-01T00:00:01.000Z',
      '  member of "Engineers", by OIDC_GROUP_ROLE_MAP',
    ]);
  });

  it('is safe for roles that are named like members of every object', () => {
    expect(rolesOf({ set: [set('constructor'), set('toString')] })).to.deep.equal(['constructor', 'toString']);
  });
});

describe('resolution in general', () => {
  const name = fc.constantFrom('a', 'B', 'c', 'constructor', 'd');
  const connectionId = fc.constantFrom('okta', 'entra');
  const expiresAt = fc.option(fc.integer({ min: NOW - 2, max: NOW + 2 }));
  const groups = fc.array(fc.record<MemberGroup>({ id: name, name, externalId: name, connectionId, via: fc.constantFrom('direct', 'indirect') }), { maxLength: 5 });
  const rule: fc.Arbitrary<GroupRoleRule> = fc
    .record({ source: fc.constantFrom('environment', 'organization', 'connection'), connectionId, group: name, roles: fc.array(name, { maxLength: 3 }) })
    .map((it) => ({ ...it, connectionId: it.source === 'connection' ? it.connectionId : null, key: it.group.toLowerCase() }));
  const setGrants = fc.array(fc.record<SetGrant>({ role: name, cause: fc.constantFrom('manual', 'scim', 'team', 'request'), causeRef: name, expiresAt }), { maxLength: 4 });
  const overrides = fc.option(
    fc.record({ enabled: fc.boolean(), preserved: fc.array(name), suppressed: fc.array(name), expires_at: fc.option(fc.constantFrom('2029-01-01T00:00:00Z', '2031-01-01T00:00:00Z')) }),
  );
  const situation = fc.record({
    ruleList: fc.array(rule, { maxLength: 6 }),
    groups: fc.oneof(
      groups.map((list) => present(...list)),
      fc.constantFrom<ResolveInput['groups']>({ state: 'empty' }, { state: 'unknown' }),
    ),
    status: fc.constantFrom<'active' | 'suspended'>('active', 'active', 'suspended'),
    defaults: fc.array(name, { maxLength: 2 }),
    overrides: overrides.map((it) => (it === null ? null : parseRoleOverrides(it))),
    set: setGrants,
    before: groups,
  });
  const inputOf = ({ ruleList, before, ...rest }: typeof situation extends fc.Arbitrary<infer T> ? T : never): ResolveInput => {
    const index = indexRules(ruleList);
    return { ...base, ...rest, rules: index, previous: resolveRoles({ ...base, rules: index, groups: present(...before) }).grants };
  };

  it('does not depend on any order', () => {
    fc.assert(
      fc.property(situation, (it) => {
        const turned = {
          ...it,
          ruleList: it.ruleList.toReversed(),
          set: it.set.toReversed(),
          defaults: it.defaults.toReversed(),
          before: it.before.toReversed(),
          groups: it.groups.state === 'present' ? present(...it.groups.groups.toReversed()) : it.groups,
        };
        const [one, other] = [resolveRoles(inputOf(it)), resolveRoles(inputOf(turned))];
        expect(other.roles).to.deep.equal(one.roles);
        expect(other.grants).to.deep.equal(one.grants);
      }),
    );
  });

  it('never lets a suppressed role through', () => {
    fc.assert(
      fc.property(situation, name, (it, role) => {
        expect(resolveRoles({ ...inputOf(it), overrides: parseRoleOverrides({ suppressed: [role], preserved: [role] }) }).roles).not.to.include(role);
      }),
    );
  });

  it('takes no role away when a group or a grant is added, but for defaults', () => {
    fc.assert(
      fc.property(situation, groups, setGrants, (it, moreGroups, moreSet) => {
        const input = { ...inputOf(it), defaults: [] };
        const before = resolveRoles(input).roles;
        const wider = input.groups.state === 'present' ? present(...input.groups.groups, ...moreGroups) : input.groups;
        expect(resolveRoles({ ...input, groups: wider, set: [...input.set, ...moreSet] }).roles).to.include.members([...before]);
      }),
    );
  });

  it('gives rows that amount to the same roles when they are read, and every role a reason', () => {
    fc.assert(
      fc.property(situation, (it) => {
        const input = inputOf(it);
        const resolved = resolveRoles(input);
        expect(effectiveRoles(resolved.grants, input)).to.deep.equal(resolved.roles);
        for (const { reasons } of [...resolved.reasons, ...resolved.withheld]) expect(reasons.every(({ text }) => text !== '')).to.equal(true);
        expect(resolved.reasons.map(({ role }) => role)).to.deep.equal(resolved.roles);
      }),
    );
  });

  it('has come to rest: resolving again with its own rows changes nothing', () => {
    fc.assert(
      fc.property(situation, (it) => {
        const input = inputOf(it);
        const once = resolveRoles(input);
        expect(resolveRoles({ ...input, previous: once.grants, set: once.grants.filter(isSet) }).grants).to.deep.equal(once.grants);
      }),
    );
  });
});
