import axe from 'axe-core';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** Where Debian and its relatives put Chromium; `CHROMIUM_PATH` names another place. */
const CANDIDATES = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Starts the browser of this machine. Without one the tests of the calling suite are pending and say so, except where
 * `REQUIRE_BROWSER=1` (continuous integration) makes it a failure.
 */
export async function launchBrowser(suite: Context): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    const remedy = 'no Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH';
    if (process.env['REQUIRE_BROWSER'] === '1') throw new Error(`REQUIRE_BROWSER=1, but ${remedy}`);
    console.warn(`      browser tests are pending: ${remedy}`);
    return suite.skip();
  }
  suite.timeout(60_000);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
}

/** A folder for screenshots: `SCREENSHOT_DIR`, or a fresh one under the system's temporary folder that goes with the process. */
export function screenshotFolder(name: string): string {
  const parent = process.env['SCREENSHOT_DIR'];
  if (parent === undefined) {
    const folder = mkdtempSync(join(tmpdir(), `gatehouse-${name}-`));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
  mkdirSync(join(parent, name), { recursive: true });
  return join(parent, name);
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Everything axe finds wrong with the page as it stands, one line each; empty when nothing is. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const options = JSON.stringify({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
  const { violations } = await page.evaluate<{ violations: Violation[] }>(`axe.run(document, ${options})`);
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} — ${node.html} (${node.failureSummary ?? ''})`));
}
