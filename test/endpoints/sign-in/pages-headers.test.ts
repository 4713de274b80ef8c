import { expect } from 'chai';
import { chooseWords, identifierPage, pageHeaders, formPostPage } from '#hub/endpoints/sign-in/index.js';
import { hashSource } from '#hub/endpoints/sign-in/pages/stylesheet.js';

const directives = (options = {}): Map<string, string> =>
  new Map((pageHeaders(options)['Content-Security-Policy'] ?? '').split('; ').map((directive) => [directive.split(' ')[0] ?? '', directive.split(' ').slice(1).join(' ')]));

const inline = (page: string, tag: string): string => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(page)?.[1] ?? '';

describe('headers of the sign-in pages', () => {
  const words = chooseWords('en');

  it('allow nothing but what is named', () => {
    const policy = directives();
    expect(policy.get('default-src')).to.equal("'none'");
    expect(policy.get('frame-ancestors')).to.equal("'none'");
    expect(policy.get('base-uri')).to.equal("'none'");
    expect(policy.get('form-action')).to.equal("'self'");
    expect(policy.get('img-src')).to.equal("'self' data:");
    expect(policy.has('script-src')).to.equal(false);
    expect(pageHeaders()['Content-Security-Policy']).not.to.include('unsafe');
    expect(pageHeaders()).to.include({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' });
  });

  it('allow exactly the stylesheet of the page, and the one script of the page that posts only when asked', () => {
    const page = formPostPage({ action: 'https://idp.example/', fields: {}, destination: 'X' }, words);
    expect(directives().get('style-src')).to.equal(hashSource(inline(identifierPage({ form: { action: '/' } }, words), 'style')));
    expect(directives({ autoSubmit: true }).get('script-src')).to.equal(hashSource(inline(page, 'script')));
    expect(directives({ autoSubmit: true, formTargets: 'anywhere' }).has('form-action')).to.equal(false);
  });

  it('reduce form targets to origins and schemes, each once, and drop what could run or smuggle a directive', () => {
    const formTargets = [
      'https://app.example/callback?x=1',
      'https://app.example/other',
      'http://127.0.0.1:4000/cb',
      'com.example.app:/cb',
      'javascript:alert(1)',
      'data:text/html,x',
      "https://evil.example; script-src 'unsafe-inline'",
      'nonsense',
    ];
    expect(directives({ formTargets }).get('form-action')).to.equal("'self' https://app.example http://127.0.0.1:4000 com.example.app:");
  });
});
