import { expect } from 'chai';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chooseWords, pageHeaders } from '#hub/endpoints/sign-in/index.js';
import { accessibilityViolations, launchBrowser, screenshotFolder } from '../support/browser.js';
import { FRIENDLY, pageGallery } from '../support/page-gallery.js';

/** Contrast hangs on the palette and layout on the width, so axe looks at each once; everything else is seen in all four. */
const VIEWS = [
  { name: 'phone-light', axe: true, colorScheme: 'light', viewport: { width: 375, height: 740 } },
  { name: 'phone-dark', axe: false, colorScheme: 'dark', viewport: { width: 375, height: 740 } },
  { name: 'desktop-light', axe: false, colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  { name: 'desktop-dark', axe: true, colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
] as const;

/** Pages that leave by themselves; they are looked at in a browser that does not. */
const LEAVING = ['saml-post', 'redirect'];

describe('sign-in pages in a browser', () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  let listed: string;
  const gallery = pageGallery(chooseWords('en'));
  const german = pageGallery(chooseWords('de'));
  const long = 'Donaudampfschifffahrtsgesellschaftskapitänsmütze'.repeat(3);
  const crowded = pageGallery(chooseWords('de'), { ...FRIENDLY, application: long, organization: long, person: `${long}@example.com` });
  const resting = Object.keys(gallery).filter((name) => !LEAVING.includes(name));
  const received: string[] = [];
  let redirectTo = '/en/signed-out';

  before(async function () {
    browser = await launchBrowser(this);
    server = createServer((request, response) => {
      const [, language, name = ''] = (request.url ?? '').split('/');
      if (request.method === 'POST') {
        received.push(request.url ?? '');
        response.writeHead(303, { Location: redirectTo }).end();
        return;
      }
      const page = ({ de: german, crowded }[language ?? ''] ?? gallery)[name];
      response.writeHead(page === undefined ? 404 : 200, name === 'saml-post' ? pageHeaders({ autoSubmit: true, formTargets: 'anywhere' }) : pageHeaders({ formTargets: ['https://idp.example', listed] }));
      response.end(page ?? '');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => void server.once('listening', resolve));
    listed = `http://localhost:${(server.address() as AddressInfo).port}`;
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const view of VIEWS) {
    it(`are accessible, fit and load nothing they may not: ${view.name}`, async function () {
      this.timeout(90_000);
      const context = await browser.newContext({ ...view, reducedMotion: 'reduce' });
      const page = await context.newPage();
      const complaints = collectComplaints(page);
      const folder = screenshotFolder(`pages-${view.name}`);
      const faults: string[] = [];
      for (const name of resting.filter((name) => view.axe || !name.startsWith('error-') || name === 'error-denied')) {
        await page.goto(`${origin}/${name.length % 5 === 0 ? 'de' : 'en'}/${name}`);
        if (view.axe) faults.push(...(await accessibilityViolations(page)).map((line) => `${name}: ${line}`));
        if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) faults.push(`${name}: scrolls sideways`);
        await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
      }
      await context.close();
      expect([...faults, ...complaints]).to.deep.equal([]);
    });
  }

  it('hold long names on the narrowest screen without scrolling sideways', async function () {
    this.timeout(60_000);
    // 320 CSS pixels is a desktop at 400 % zoom (WCAG 2.2, 1.4.10).
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    const folder = screenshotFolder('pages-crowded');
    const wide: string[] = [];
    for (const name of resting) {
      await page.goto(`${origin}/crowded/${name}`);
      if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) wide.push(name);
      await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    }
    await page.close();
    expect(wide).to.deep.equal([]);
  });

  it('reach the primary action by keyboard, in the order of the page', async () => {
    const page = await browser.newPage();
    const walks: Record<string, string[]> = {
      identifier: ['identifier', 'Continue'],
      password: ['password', 'Sign in'],
      'password-wrong': ['password', 'Sign in'],
      'connection-choice': ['Not you?', 'c1', 'c2', 'password'],
      consent: ['Privacy policy', 'Terms of service', 'allow', 'deny'],
      'organization-choice': ['c1', 'c2'],
      'sign-out-confirm': ['yes', 'Stay signed in'],
      'error-expired': ['Start again', 'Back to Acme Expenses'],
    };
    for (const [name, expected] of Object.entries(walks)) {
      await page.goto(`${origin}/en/${name}`);
      const walk: string[] = [];
      if (await page.evaluate('document.activeElement === document.body')) await page.keyboard.press('Tab');
      while (walk.length < expected.length) {
        walk.push(await page.evaluate<string>('(({ id, value, innerText }) => id || value || innerText)(document.activeElement)'));
        await page.keyboard.press('Tab');
      }
      expect(walk, name).to.deep.equal(expected);
    }
    await page.close();
  });

  it('tie an error to its field and show where the focus is', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/en/password-wrong`);
    const field = page.getByLabel('Password');
    const describedBy = await field.getAttribute('aria-describedby');
    expect(await page.locator(`#${describedBy}[role=alert]`).innerText()).to.equal('The user name and the password do not match. Try again.');
    expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).to.equal('solid');
    await page.close();
  });

  it('work without script: typing and Enter send the form', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${origin}/en/identifier`);
    await page.keyboard.type('ada@northwind.example');
    await Promise.all([page.waitForRequest((request) => request.method() === 'POST'), page.keyboard.press('Enter')]);
    await context.close();
    expect(received).to.include('/sign-in/abc');
  });

  it('let the answer to a form lead to a listed application, and nowhere else', async () => {
    const page = await browser.newPage();
    const refusals: string[] = [];
    page.on('console', (message) => void (message.text().includes('form-action') && refusals.push(message.text())));
    redirectTo = `${listed}/en/signed-out`;
    await page.goto(`${origin}/en/identifier`);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(redirectTo);
    expect(refusals).to.deep.equal([]);
    redirectTo = redirectTo.replace('localhost', '127.0.0.2');
    await page.goto(`${origin}/en/identifier`);
    const refused = page.waitForEvent('console', (message) => message.text().includes('form-action'));
    await page.getByRole('button', { name: 'Continue' }).click({ noWaitAfter: true });
    await refused;
    expect(page.url()).to.equal(`${origin}/en/identifier`);
    await page.close();
  });

  it('carry a SAML message on by themselves with script, and by one press without', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({ javaScriptEnabled });
      const page = await context.newPage();
      const arrived = new Promise<string>((resolve) => {
        void page.route('https://idp.example/**', async (route) => {
          resolve(route.request().postData() ?? '');
          await route.fulfill({ body: 'received' });
        });
      });
      await page.goto(`${origin}/en/saml-post`);
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
      expect(await arrived).to.match(/^SAMLRequest=PHNhbWw%2B&RelayState=/);
      await context.close();
    }
  });

  it('lead on to an identity provider without any form, so that its redirects are free', async () => {
    const page = await browser.newPage();
    await page.route('https://idp.example/**', (route) => route.fulfill({ body: 'welcome' }));
    await page.goto(`${origin}/en/redirect`);
    await page.waitForURL('https://idp.example/authorize?client_id=1&state=2');
    await page.close();
  });
});

/** What the browser itself has to say: refused by the policy, failed to load, or wrong in the page. */
function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('requestfailed', (request) => void complaints.push(`could not load ${request.url()}`));
  return complaints;
}
