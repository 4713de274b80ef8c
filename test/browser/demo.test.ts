import { expect } from 'chai';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { PASSWORD, startDemo, type Demo, type Person } from '#hub/demo/index.js';
import { accessibilityViolations, launchBrowser, screenshotFolder } from '../support/browser.ts';

const silent = { write: () => true };

describe('the demonstration in a browser', function () {
  this.timeout(60_000);
  const folder = screenshotFolder('demo');
  let browser: Browser;
  let demo: Demo;
  let context: BrowserContext;
  let page: Page;

  before(async function () {
    browser = await launchBrowser(this);
    demo = await startDemo({ people: 40, port: 0, output: silent });
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 900, height: 760 }, colorScheme: 'light' });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
  });
  afterEach(() => context.close());

  /** Somebody worth signing in as. */
  function lead(slug: string, inGroup: (groups: readonly string[]) => boolean): Person {
    const found = demo.companies.find((company) => company.slug === slug)?.leads.find(({ groups }) => inGroup(groups));
    if (found === undefined) throw new Error(`nobody of ${slug} is so`);
    return found;
  }
  const engineer = (slug: string): Person => lead(slug, (groups) => groups.includes('Engineering'));

  const shot = (name: string): Promise<Buffer> => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  /** A picture for the README. */
  async function picture(name: string): Promise<void> {
    const before = page.viewportSize();
    await page.setViewportSize({ width: 640, height: 560 });
    await page.screenshot({ path: join(folder, `readme-${name}.png`) });
    if (before !== null) await page.setViewportSize(before);
  }
  const text = (): Promise<string> => page.locator('main').innerText();

  async function proveAtUpstream(userName: string, password = PASSWORD): Promise<void> {
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  async function signIn(company: string, userName: string): Promise<void> {
    await page.goto(demo.applicationUrl);
    await page.getByRole('link', { name: company }).click();
    await proveAtUpstream(userName);
    await page.waitForURL(`${demo.applicationUrl}/`);
  }

  it('signs somebody in through OpenID Connect and shows roles, groups and why', async () => {
    const person = lead('alder', (groups) => groups.includes('Engineering') && groups.includes('Support'));
    await page.goto(demo.applicationUrl);
    await shot('1-application');
    expect(await accessibilityViolations(page)).to.deep.equal([]);
    await page.getByRole('link', { name: 'Alder Bank' }).click();
    await page.getByLabel('User name').waitFor();
    await shot('2-okta-login');
    expect(await accessibilityViolations(page)).to.deep.equal([]);
    await proveAtUpstream(person.userName);
    await page.waitForURL(`${demo.applicationUrl}/`);
    await shot('3-signed-in-oidc');
    await picture('roles');
    expect(await accessibilityViolations(page)).to.deep.equal([]);
    const shown = await text();
    for (const said of [`Hello, ${person.displayName}`, 'alder', 'admin', 'developer', 'member of "Support"', ...person.groups]) expect(shown).to.contain(said);
    expect(shown).not.to.contain('viewer');
  });

  it('signs somebody in through SAML, though the answer is posted from another site', async () => {
    const person = engineer('birch');
    await page.goto(demo.applicationUrl);
    await page.getByRole('link', { name: 'Birch Energy' }).click();
    await page.getByLabel('User name').waitFor();
    await shot('4-entra-login');
    await proveAtUpstream(person.userName);
    await page.waitForURL(`${demo.applicationUrl}/`);
    await shot('5-signed-in-saml');
    const shown = await text();
    for (const said of [`Hello, ${person.displayName}`, 'birch', 'admin', 'developer', ...person.groups]) expect(shown).to.contain(said);
  });

  it('says why somebody without a mapped group has a role', async () => {
    await signIn('Alder Bank', lead('alder', (groups) => !groups.some((group) => ['Engineering', 'Support'].includes(group))).userName);
    expect(await text()).to.match(/viewer[\s\S]*default/i);
  });

  it('lets nobody in whose password is wrong upstream, and lets them try again', async () => {
    for (const { name: company, slug } of demo.companies) {
      const { userName } = engineer(slug);
      await page.goto(demo.applicationUrl);
      await page.getByRole('link', { name: company }).click();
      await proveAtUpstream(userName, 'not it');
      await page.getByRole('alert').waitFor();
      await shot(`6-wrong-password-${slug}`);
      await proveAtUpstream(userName);
      await page.waitForURL(`${demo.applicationUrl}/`);
      expect(await text()).to.contain('Hello,');
      await page.context().clearCookies();
    }
  });

  it('says so, and offers a way on, when somebody cancels upstream', async () => {
    for (const { name: company, slug } of demo.companies) {
      await page.goto(demo.applicationUrl);
      await page.getByRole('link', { name: company }).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('heading', { name: 'Sign-in was cancelled' }).waitFor();
      await shot(`7-cancelled-${slug}`);
      expect(await accessibilityViolations(page)).to.deep.equal([]);
      await page.getByRole('link', { name: 'Start again' }).click();
      await page.getByLabel('User name').waitFor();
    }
  });

  it('asks whoever comes without a company for their name, and for the password of those who have one here', async () => {
    await page.goto(demo.applicationUrl);
    await page.getByRole('link', { name: 'Somebody else' }).click();
    await shot('8-identifier');
    await picture('sign-in');
    await page.getByRole('textbox').fill(demo.local.userName);
    await page.getByRole('button', { name: /continue|next/i }).click();
    await page.locator('input[type=password]').fill('not it');
    await page.locator('form button.primary').click();
    await page.locator('.problem').waitFor();
    await shot('9-wrong-password-at-the-hub');
    expect(await accessibilityViolations(page)).to.deep.equal([]);
    await page.locator('input[type=password]').fill(demo.local.password);
    await page.locator('form button.primary').click();
    await page.waitForURL(`${demo.applicationUrl}/`);
    await shot('10-signed-in-locally');
    expect(await text()).to.contain('Hello, Dana Park').and.contain('admin');
  });

  it('says what happened when an interaction is over', async () => {
    await page.goto(demo.applicationUrl);
    await page.getByRole('link', { name: 'Somebody else' }).click();
    const address = page.url();
    await context.clearCookies();
    const answer = await page.goto(address);
    await shot('11-expired');
    expect(answer?.status()).to.be.within(400, 499);
    expect(await accessibilityViolations(page)).to.deep.equal([]);
  });

  it('lets a SAML response in once only, and says that it is over to whoever sends it again', async () => {
    const posted: { url: string; body: string }[] = [];
    page.on('request', (request) => {
      const body = request.postData();
      if (request.url().endsWith('/saml/acs') && body !== null) posted.push({ url: request.url(), body });
    });
    await signIn('Birch Energy', engineer('birch').userName);
    const [{ url, body } = { url: '', body: '' }] = posted;
    const fields = [...new URLSearchParams(body)].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join('');
    // A page of another site, as an attacker or a reloaded tab would be.
    await page.route('http://elsewhere.example/', (route) => route.fulfill({ contentType: 'text/html', body: `<form method="post" action="${url}">${fields}<button>Again</button></form>` }));
    await page.goto('http://elsewhere.example/');
    await page.getByRole('button', { name: 'Again' }).click();
    await page.getByRole('heading', { name: 'This sign-in has expired' }).waitFor();
    await shot('14-response-sent-again');
  });

  it('reads well on a phone and in the dark', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(demo.applicationUrl);
    await shot('15-application-phone-dark');
    expect(await accessibilityViolations(page)).to.deep.equal([]);
    await page.getByRole('link', { name: 'Birch Energy' }).click();
    await page.getByLabel('User name').waitFor();
    await shot('16-entra-login-phone-dark');
    expect(await accessibilityViolations(page)).to.deep.equal([]);
    await proveAtUpstream(engineer('birch').userName);
    await page.waitForURL(`${demo.applicationUrl}/`);
    await page.getByText('The claims of the ID token').click();
    await shot('17-signed-in-phone-dark');
    expect(await accessibilityViolations(page)).to.deep.equal([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(true);
  });

  it('signs out of the application and of the hub', async () => {
    await signIn('Alder Bank', engineer('alder').userName);
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.waitForLoadState();
    await shot('12-sign-out');
    if (page.url().startsWith(demo.hubUrl)) await page.locator('button.primary').click();
    await page.waitForURL(`${demo.applicationUrl}/?signed=out`);
    await shot('13-signed-out');
    await page.getByRole('link', { name: 'Alder Bank' }).click();
    await page.getByLabel('User name').waitFor();
  });
});
