import { expect } from 'chai';
import * as fc from 'fast-check';
import { DEFAULT_LIMITS, PasswordThrottle } from '#hub/endpoints/sign-in/index.js';
import { addressKey } from '#hub/endpoints/sign-in/address-key.js';
import { failureOf } from '#hub/endpoints/sign-in/failure.js';
import { DomainError } from '#hub/platform/errors.js';
import { codeOf } from '../../support/domain-error.ts';

describe('one visitor', () => {
  it('is an IPv4 address, or the /64 of an IPv6 one, however it is written', () => {
    expect(addressKey('192.0.2.1')).to.equal('192.0.2.1');
    expect(addressKey('::ffff:192.0.2.1')).to.equal('192.0.2.1');
    expect(addressKey('::FFFF:C000:0201')).to.equal('192.0.2.1');
    expect(addressKey('2001:db8::1')).to.equal('2001:db8:0:0::/64');
    expect(addressKey('2001:0DB8:0:0:ffff:1:2:3')).to.equal('2001:db8:0:0::/64');
    expect(addressKey('fe80::1%eth0')).to.equal('fe80:0:0:0::/64');
    expect(addressKey('2001:db8:0:1::1')).not.to.equal(addressKey('2001:db8::1'));
  });

  it('is somebody unknown when the address is none', () => {
    for (const address of [undefined, '', 'x', '1.2.3', ':::', '2001:db8::1::2']) expect(addressKey(address)).to.equal('unknown');
  });

  it('is the same for every address of a /64', () => {
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    fc.assert(
      fc.property(fc.tuple(fc.constant('2001'), group, group, group), fc.tuple(group, group, group, group), fc.tuple(group, group, group, group), (network, one, two) => {
        expect(addressKey([...network, ...one].join(':'))).to.equal(addressKey([...network, ...two].join(':')));
      }),
    );
  });
});

describe('throttle of passwords', () => {
  const limits = { pair: 2, name: 3, address: 6, windowSeconds: 60 };

  it('counts a name from one address, from all, and all names of one address', async () => {
    const throttle = new PasswordThrottle(limits);
    const outcomes: string[] = [];
    for (const [name, address] of [['ada', '192.0.2.1'], ['ada', '192.0.2.1'], ['ada', '192.0.2.1'], ['ada', '192.0.2.2'], ['ada', '192.0.2.3'], ['bob', '192.0.2.1'], ['eve', '192.0.2.1'], ['joe', '192.0.2.1'], ['max', '192.0.2.1']] as const)
      outcomes.push(await codeOf(throttle.try(name, address)));
    const [ok, no] = ['no error', 'sign_in.throttled'];
    expect(outcomes).to.deep.equal([ok, ok, no, ok, no, ok, ok, ok, no]);
  });

  it('counts tries at the same time, and addresses of one /64 as one', async () => {
    const throttle = new PasswordThrottle(limits);
    const outcomes = await Promise.all([1, 2, 3, 4].map((host) => codeOf(throttle.try('ada', `2001:db8::${host}`))));
    expect(outcomes.filter((code) => code === 'no error')).to.have.length(2);
  });

  it('forgets the mistakes of whoever comes in at last', async () => {
    const throttle = new PasswordThrottle(limits);
    await throttle.try('ada', '192.0.2.1');
    await throttle.try('ada', '192.0.2.1');
    await throttle.succeeded('ada', '192.0.2.1');
    expect(await codeOf(throttle.try('ada', '192.0.2.1'))).to.equal('no error');
  });

  it('lets nobody lock a person out from a single address', () => {
    expect(DEFAULT_LIMITS.pair).to.be.below(DEFAULT_LIMITS.name);
  });
});

describe('failures of sign-in', () => {
  it('are told apart as a person would', () => {
    const failures = ([['denied', 'provisioning.suspended'], ['denied', 'provisioning.not_assigned'], ['denied', 'federation.oidc.cancelled'], ['unauthenticated', 'federation.saml.signature'], ['not-found', 'openid_provider.interaction_expired'], ['too-many', 'credentials.busy'], ['unavailable', 'database.busy'], ['invalid', 'sign_in.malformed']] as const).map(([kind, code]) => failureOf(new DomainError(kind, code, 'x')));
    expect(failures).to.deep.equal(['deactivated', 'denied', 'cancelled', 'upstream-failed', 'expired', 'too-many', 'unexpected', 'bad-request']);
    expect(failureOf(new TypeError('a defect'))).to.equal('unexpected');
  });
});
