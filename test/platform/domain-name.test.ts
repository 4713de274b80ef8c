import { expect } from 'chai';
import * as fc from 'fast-check';
import { readDomainName } from '#hub/platform/domain-name.js';

describe('a domain name', () => {
  it('has one form, whatever script and case it is written in', () => {
    for (const text of ['bücher.example', 'BÜCHER.Example', 'bu\u0308cher.example', 'bücher。example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.EXAMPLE'])
      expect(readDomainName(text), text).to.equal('xn--bcher-kva.example');
    expect(readDomainName('mail.1.acme.example')).to.equal('mail.1.acme.example');
  });

  it('is not what a URL would make of a text', () => {
    const others = ['acme.com:80', 'a@acme.com', 'acme.com/x', 'acme.com?x', 'acme.com#x', '%61cme.com', 'ac\tme.com', ' acme.com', 'acme.com\n', 'acme.com\\x', 'acme.com\0'];
    for (const text of others) expect(readDomainName(text), JSON.stringify(text)).to.equal(undefined);
  });

  it('has at least two labels of letters, digits and inner hyphens, and is no address and no wildcard', () => {
    const others = ['', '.', 'localhost', 'acme.', '.acme.com', 'acme..com', 'acme.com.', '*.acme.com', '＊.acme.com', '-a.com', 'a-.com', 'a_b.com', 'xn--a.com', '\ud800.com'];
    const addresses = ['192.0.2.1', '0x7f.1', '１.２.３.４', '[::1]', '1.2', 'acme.123'];
    for (const text of [...others, ...addresses, `${'a'.repeat(64)}.com`, 'a.'.repeat(126) + 'com']) expect(readDomainName(text), JSON.stringify(text)).to.equal(undefined);
  });

  it('reads as itself, and no text of any kind makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${text}.example`)), (text) => {
        const domain = readDomainName(text);
        if (domain === undefined) return;
        expect(domain).to.match(/^[a-z0-9.-]{3,253}$/);
        expect(readDomainName(domain)).to.equal(domain);
      }),
    );
  });
});
