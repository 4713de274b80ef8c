import { expect } from 'chai';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chooseWords, pageHeaders } from '#hub/endpoints/sign-in/index.js';
import { accessibilityViolations, launchBrowser, screenshotFolder } from '../support/browser.js';
import { pageGallery } from '../support/page-gallery.js';

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
  const gallery = pageGallery(chooseWords('en'));
  const german = pageGallery(chooseWords('de'));
  const received: string[] = [];

  before(async function () {
    browser = await launchBrowser(this);
    server = createServer((request, response) => {
      const [, language, name = ''] = (request.url ?? '').split('/');
      if (request.method === 'POST') received.push(request.url ?? '');
      const page = (language === 'de' ? german : gallery)[name];
      response.writeHead(page === undefined ? 404 : 200, pageHeaders({ autoSubmit: name === 'saml-post', formTargets: ['https://idp.example'] }));
      response.end(page ?? '');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => void server.once('listening', resolve));
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
      for (const name of Object.keys(gallery).filter((name) => !LEAVING.includes(name))) {
        await page.goto(`${origin}/${name.length % 5 === 0 ? 'de' : 'en'}/${name}`);
        if (view.axe) faults.push(...(await accessibilityViolations(page)).map((line) => `${name}: ${line}`));
        if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) faults.push(`${name}: scrolls sideways`);
        await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
      }
      await context.close();
      expect([...faults, ...complaints]).to.deep.equal([]);
    });
  }

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
