import { expect } from 'chai';
import { parseConnectionSettings } from '#hub/federation/index.js';
import { fetchIdpMetadata, parseIdpMetadata, settingsFromMetadata } from '#hub/federation/saml/index.js';
import { failureOf } from '../../support/upstream-failure.js';
import { makeKey } from '../../support/upstream-saml-provider.js';

const now = Date.parse('2026-03-01T09:00:00Z');
const [current, next, encryption] = [makeKey('now'), makeKey('next'), makeKey('encryption')];
const bare = (pem: string): string => pem.replace(/-----[^-]+-----/g, '').trim();
const keyDescriptor = (pem: string, use?: string): string =>
  `<KeyDescriptor${use === undefined ? '' : ` use="${use}"`}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>\n${bare(pem)}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>`;
const binding = 'urn:oasis:names:tc:SAML:2.0:bindings:';
const services =
  `<SingleLogoutService Binding="${binding}HTTP-Redirect" Location="https://idp.example/slo"/><NameIDFormat>urn:x:format</NameIDFormat>` +
  `<SingleSignOnService Binding="${binding}SOAP" Location="https://idp.example/soap"/>` +
  `<SingleSignOnService Binding="${binding}HTTP-POST" Location="https://idp.example/post"/>` +
  `<SingleSignOnService Binding="${binding}HTTP-Redirect" Location="https://idp.example/redirect"/>`;
const entity = (body: string, name = 'https://idp.example', more = ''): string =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${name}" ${more}>` +
  `<IDPSSODescriptor WantAuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${body}</IDPSSODescriptor></EntityDescriptor>`;
const keys = keyDescriptor(current.certificate, 'signing') + keyDescriptor(next.certificate) + keyDescriptor(encryption.certificate, 'encryption');
const good = `<?xml version="1.0" encoding="UTF-8"?>\n<!-- from the console of the provider -->\n${entity(keys + services)}`;

describe('metadata of an identity provider', () => {
  it('tells name, addresses and every signing certificate', () => {
    const metadata = parseIdpMetadata(good, now);
    expect(metadata).to.deep.include({
      entityId: 'https://idp.example',
      singleSignOn: { redirect: 'https://idp.example/redirect', post: 'https://idp.example/post' },
      singleLogout: { redirect: 'https://idp.example/slo' },
      wantAuthnRequestsSigned: true,
      nameIdFormats: ['urn:x:format'],
    });
    expect(metadata.certificates.map(({ pem }) => pem)).to.deep.equal([current.certificate, next.certificate]);
    expect(metadata.certificates[0]?.notAfter).to.be.above(now);
    expect(parseConnectionSettings('saml', settingsFromMetadata(metadata))).to.deep.include({ ssoUrl: 'https://idp.example/redirect', ssoBinding: 'redirect' });
  });

  it('finds the one that is meant among several', async () => {
    const many = `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">${entity(keys + services, 'a')}${entity(keys + services, 'b')}</EntitiesDescriptor>`;
    expect(parseIdpMetadata(many, now, 'b').entityId).to.equal('b');
    expect((await failureOf(() => parseIdpMetadata(many, now))).code).to.equal('federation.saml.metadata_invalid');
  });

  it('is fetched from the provider’s own address, by the guarded way out', async () => {
    const asked: string[] = [];
    const fetch = async (url: string | URL) => {
      asked.push(String(url));
      return new Response(asked.length === 1 ? good : 'gone', { status: asked.length === 1 ? 200 : 404 });
    };
    expect((await fetchIdpMetadata('https://idp.example/metadata', fetch, now)).entityId).to.equal('https://idp.example');
    expect((await failureOf(fetchIdpMetadata('https://idp.example/metadata', fetch, now))).code).to.equal('federation.saml.metadata_unavailable');
    expect(asked).to.deep.equal(['https://idp.example/metadata', 'https://idp.example/metadata']);
  });

  const bad: [string, string, string][] = [
    ['nothing', 'xml_malformed', ''],
    ['a page', 'metadata_invalid', '<html/>'],
    ['a document type', 'xml_declaration', `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${entity(keys + services)}`],
    ['no certificate', 'metadata_invalid', entity(services)],
    ['a certificate that is none', 'metadata_invalid', entity(services + keyDescriptor('AAAA'))],
    ['no address', 'metadata_invalid', entity(keys)],
    ['an address that is a script', 'metadata_invalid', entity(`${keys}<SingleSignOnService Binding="${binding}HTTP-POST" Location="javascript:alert(1)"/>`)],
    ['no name', 'metadata_invalid', entity(keys + services, '')],
    ['an end that has passed', 'metadata_invalid', entity(keys + services, 'x', 'validUntil="2026-01-01T00:00:00Z"')],
    ['an end that cannot be read', 'metadata_invalid', entity(keys + services, 'x', 'validUntil="later"')],
    ['a service provider only', 'metadata_invalid', entity(keys + services).replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
    ['too much', 'metadata_invalid', ' '.repeat(1_100_000)],
    ['depth', 'xml_too_large', `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`],
  ];
  for (const [what, code, text] of bad) {
    it(`is refused with ${what}: ${code}`, async () => {
      expect((await failureOf(() => parseIdpMetadata(text, now))).code).to.equal(`federation.saml.${code}`);
    });
  }
});
