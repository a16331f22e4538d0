/** A real Chromium for UI tests, and what to hold against every page it shows. */
import { readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../../stack/chromium';

/** Found or fetched (design 10); the caller closes it. */
export async function openBrowser(): Promise<Browser> {
  const { executablePath, env } = await findChromium();
  return chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS], env: { ...process.env, ...env } });
}

export interface Watch {
  /** Uncaught errors, error pages and error lines of the console; expected 4xx answers are left out by `expects`. */
  readonly errors: string[];
  /** Requests to any host but the application's own. */
  readonly foreign: string[];
}

export interface PageOptions {
  readonly appUrl: string;
  readonly colorScheme?: 'light' | 'dark';
}

/** A page of its own session at 1440×900, watched from its first request on. */
export async function openPage(
  browser: Browser,
  options: PageOptions,
): Promise<{ page: Page; watch: Watch }> {
  const { appUrl, colorScheme = 'light' } = options;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const watch: Watch = { errors: [], foreign: [] };
  page.on('pageerror', (error) => watch.errors.push(`${page.url()}: ${error.message}`));
  page.on('console', (line) => {
    // The browser writes such a line for every 4xx, which sign-in and refusals answer on purpose.
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) {
      watch.errors.push(`${page.url()}: ${line.text()}`);
    }
  });
  page.on('response', (answer) => {
    if (answer.status() >= 500) watch.errors.push(`${answer.status()} ${answer.url()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${appUrl}/`) && !/^(?:data|blob):/.test(url)) watch.foreign.push(url);
  });
  return { page, watch };
}

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core calls serious or critical on the page as it stands, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)');
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, impact, nodes }) =>
        `${String(impact)} ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
}
