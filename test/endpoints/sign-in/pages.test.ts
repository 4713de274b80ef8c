import { expect } from 'chai';
import * as fc from 'fast-check';
import { chooseWords, connectionChoicePage, consentPage, errorPage, passwordPage, formPostPage } from '#hub/endpoints/sign-in/index.js';
import { html } from '#hub/platform/html.js';
import { readProviderForm } from '#hub/endpoints/sign-in/pages/provider-form.js';
import { formUrl, imageUrl, linkUrl } from '#hub/endpoints/sign-in/pages/safe-url.js';
import { pageGallery, PROVIDER_FORMS } from '../../support/page-gallery.js';
import { structureFaults } from '../../support/page-structure.js';

const words = chooseWords('en');
const form = { action: '/sign-in/abc' };
const ATTACK = `"><script>alert(1)</script><img src=x onerror='alert(2)'>\`{{7*7}}\${7*7}&amp;`;

const post = (action: string): string => formPostPage({ action, fields: {}, destination: 'X' }, words);

describe('sign-in pages', () => {
  for (const language of ['en', 'de']) {
    it(`are sound in structure, each one, in every state (${language})`, () => {
      const faults = Object.entries(pageGallery(chooseWords(language))).flatMap(([name, page]) => structureFaults(page).map((fault) => `${name}: ${fault}`));
      expect(faults).to.deep.equal([]);
    });
  }

  it('show hostile names as text, in every place a name can stand', () => {
    const hostile = { application: ATTACK, organization: ATTACK, person: ATTACK, logoUrl: `javascript:alert(1)//${ATTACK}`, url: 'javascript:alert(1)' };
    const tame = pageGallery(words);
    for (const [name, page] of Object.entries(pageGallery(words, hostile))) {
      expect(structureFaults(page), name).to.deep.equal([]);
      expect(page.match(/<script/g)?.length ?? 0, name).to.equal(tame[name]?.match(/<script/g)?.length ?? 0);
      expect(page, name).not.to.match(/<img|javascript:/);
    }
  });

  it('stay sound whatever the names are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.webUrl({ withQueryParameters: true }), (name, url) => {
        const page = consentPage(
          { form, application: { name, policyUrl: url }, organization: name, account: name, scopes: [{ name }, { name: 'x', description: name }] },
          words,
        );
        expect(structureFaults(page)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it('cut endless names, replace controls and direction overrides, and keep names from turning the text around them', () => {
    const page = passwordPage({ form, identifier: `\u202Emoc.elpmaxe\u0000${'x'.repeat(5000)}\uD800`, changeUrl: '/' }, words);
    expect(page).to.match(/<strong><bdi>\uFFFDmoc\.elpmaxe\uFFFDx{60,120}…<\/bdi>/);
    expect(page).not.to.match(/(?!\n)\p{Cc}|\u202E|\p{Surrogate}/u);
  });

  it('never send a typed password back, and say how long to wait', () => {
    const page = passwordPage({ form, identifier: 'ada', changeUrl: '/', error: { throttledForSeconds: 91 } }, words);
    expect(page).to.include('wait 2 minutes').and.to.match(/type="password" value=""/);
    expect(page).to.include('<title>Error: Enter your password');
  });

  it('know scopes by their words, and never by what an object inherits', () => {
    const scopes = ['openid', 'constructor', '__proto__'].map((name) => ({ name }));
    const page = consentPage({ form, application: { name: 'A' }, organization: 'B', account: 'c', scopes }, words);
    expect(page).to.include('Know that it is you').and.to.include('constructor</bdi>').and.to.include('__proto__</bdi>');
  });

  it('offer the password only where it is allowed', () => {
    const model = { form, connections: [{ id: 'c1', name: 'Northwind' }] };
    expect(connectionChoicePage({ ...model, passwordAllowed: true }, words)).to.include('value="password"');
    expect(connectionChoicePage({ ...model, passwordAllowed: false }, words)).not.to.include('value="password"');
  });

  it('show of a failure its reference and no way on that is not safe', () => {
    const page = errorPage({ failure: 'denied', reference: 'GH-1', at: Number.NaN, retryUrl: 'javascript:alert(1)', application: { name: 'A', url: '//evil.example' } }, words);
    expect(page).to.include('GH-1').and.not.to.include('<time').and.not.to.include('class="actions"');
  });

  it('refuse to send a SAML message to anything but a web address', () => {
    for (const action of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'https://user:pass@idp.example/', ''])
      expect(() => post(action), action).to.throw().with.property('code', 'sign_in.unsafe_form_target');
    expect(post('https://idp.example/sso?a=1&b="2"')).to.include('action="https://idp.example/sso?a=1&amp;b=&quot;2&quot;"');
  });
});

describe('the html template', () => {
  it('escapes text, keeps markup, joins lists and drops nothings', () => {
    expect(html`<p title="${`"'<>&\``}">${[html`<b>${'<'}</b>`, false, null, undefined, 7]}</p>`.toString()).to.equal(
      '<p title="&quot;&#39;&lt;&gt;&amp;&#96;"><b>&lt;</b>7</p>',
    );
  });

  it('refuses an attribute without quotes, where escaping would not be enough', () => {
    expect(() => html`<a href=${'x'}>`).to.throw(/quotes/);
  });

  it('does not take an object that merely looks like markup', () => {
    const forged = { toString: () => '<script>' } as unknown as string;
    expect(() => html`${forged}`.toString()).to.throw(TypeError);
  });
});

describe('addresses on sign-in pages', () => {
  const HOSTILE = ['javascript:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', 'JAVASCRIPT:x', 'vbscript:x', 'data:text/html,<script>', '//evil.example', '/\\evil.example', '/\t/evil.example', 'blob:x', 'file:///etc/passwd', ''];

  it('are never links, pictures or form targets that run or leave unseen', () => {
    for (const url of HOSTILE) {
      expect(linkUrl(url), url).to.equal(undefined);
      expect(imageUrl(url), url).to.equal(undefined);
      expect(() => formUrl(url), url).to.throw();
    }
  });

  it('show logos that are inline or our own, and none from elsewhere or of endless size', () => {
    expect(imageUrl('/assets/logo.svg')).to.equal('/assets/logo.svg');
    expect(imageUrl('data:image/png;base64,iVBORw0KGgo=')).to.be.a('string');
    expect(imageUrl('https://cdn.example/logo.png')).to.equal(undefined);
    expect(imageUrl(`data:image/png;base64,${'A'.repeat(200_000)}`)).to.equal(undefined);
  });
});

describe('the forms of the OpenID provider', () => {
  it('are read back into a target and its hidden fields', () => {
    expect(readProviderForm(PROVIDER_FORMS.logout)).to.deep.equal({ action: 'https://login.example/oidc/session/end/confirm', hidden: { xsrf: 's3cr3t' } });
    const escaped = '<form method="post" action="https://login.example/?a=1&amp;b=&quot;"><input type="hidden" name="a&lt;b" value="&#39;&gt;"/><input type="hidden" name="c" value=""/></form>';
    expect(readProviderForm(escaped)).to.deep.equal({ action: 'https://login.example/?a=1&b="', hidden: { 'a<b': "'>", c: '' } });
  });

  it('are refused when they are no forms', () => {
    expect(() => readProviderForm('<p>')).to.throw(TypeError);
  });
});
