import { expect } from 'chai';
import * as fc from 'fast-check';
import { joinSecrets, splitSecrets } from '#hub/federation/index.js';

const text = fc.string({ minLength: 1 });
const pair = fc.record({ certificate: text, privateKey: fc.constant('PRIVATE') });
const saml = fc.record({ idpEntityId: text, signingKeys: fc.array(pair, { maxLength: 3 }), encryptionKeys: fc.array(pair, { maxLength: 3 }) });
const oidc = fc.record({ issuer: text, clientSecret: fc.constant('PRIVATE'), clientPrivateKey: fc.constant('PRIVATE') }, { requiredKeys: ['issuer'] });

describe('secrets of a connection', () => {
  it('are all taken out of what is shown, and come back where they were', () => {
    for (const [protocol, settings] of [['saml', saml], ['oidc', oidc]] as const)
      fc.assert(
        fc.property(settings, (given) => {
          const { open, secrets } = splitSecrets(protocol, given);
          expect(JSON.stringify(open)).not.to.include('"PRIVATE"');
          expect(joinSecrets(open, secrets)).to.deep.equal(given);
        }),
      );
  });

  it('leave the given settings as they were, and a connection without a sign-in door has none', () => {
    const given = Object.freeze({ clientSecret: 's' });
    expect(splitSecrets('oidc', given).secrets).to.deep.equal({ clientSecret: 's' });
    expect(splitSecrets('scim-only', null)).to.deep.equal({ open: {}, secrets: {} });
  });
});
