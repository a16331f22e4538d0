/** Through the whole back office as its reader: every screen, a record of each resource, every tab, every download. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { violations } from './browser';
import * as office from './pages';
import { RECORDS, SCREENS } from './screens';

export interface Seen {
  /** Paths that were opened. */
  readonly opened: readonly string[];
  /** Resources without a single record to open. */
  readonly empty: readonly string[];
  /** Errors that are told, and on records what axe-core finds: path and words. */
  readonly faults: readonly string[];
  /** Path and name of every button that would change something, closed ones too. */
  readonly commands: readonly string[];
  /** Downloads by their link, and how many bytes came. */
  readonly downloads: ReadonlyMap<string, number>;
}

/** Which records the lists show first, as the page's own sign-in reads them. */
async function firstIds(page: Page): Promise<ReadonlyMap<string, string>> {
  const read = async (name: string): Promise<[string, string | number | null]> => [
    name,
    await page.evaluate(async (resource) => {
      const answer = await fetch(`/admin/v1/${resource}`);
      const rows = (await answer.json()) as { id: string | number }[];
      return rows[0]?.id ?? null;
    }, name),
  ];
  const all = await Promise.all(RECORDS.map(read));
  return new Map(all.flatMap(([name, id]) => (id === null ? [] : [[name, String(id)]])));
}

async function takeDownloads(page: Page, downloads: Map<string, number>): Promise<void> {
  for (const link of await page.locator('main a[download]').all()) {
    const href = (await link.getAttribute('href')) ?? '';
    if (downloads.has(href)) continue;
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    downloads.set(href, readFileSync(await download.path()).byteLength);
  }
}

/** Walks until every page was seen; judges nothing. The page is signed in. */
export async function walkAll(page: Page): Promise<Seen> {
  const [opened, faults, commands]: [string[], string[], string[]] = [[], [], []];
  const downloads = new Map<string, number>();
  const ids = await firstIds(page);
  const look = async (where: string): Promise<void> => {
    opened.push(where);
    const alerts = await page.locator('main .MuiAlert-colorError').allInnerTexts();
    faults.push(...alerts.map((words) => `${where}: ${words}`));
    const offered = await page.locator('main [data-command]').all();
    for (const button of offered) {
      commands.push(`${where}: ${(await button.getAttribute('data-command')) ?? ''}`);
    }
    await takeDownloads(page, downloads);
  };
  for (const [path, title] of SCREENS) {
    await office.open(page, path, title);
    await look(path);
  }
  for (const [name, id] of ids) {
    const path = `/${name}/${encodeURIComponent(id)}/show`;
    await office.open(page, path, /./);
    await look(path);
    faults.push(...(await violations(page)).map((words) => `${path}: ${words}`));
    for (const tab of await page.getByRole('tab', { selected: false }).all()) {
      await tab.click();
      await page.locator('.MuiSkeleton-root').first().waitFor({ state: 'detached' });
      await look(`${path}, ${await tab.innerText()}`);
    }
  }
  const empty = RECORDS.filter((name) => !ids.has(name));
  return { opened, empty, faults, commands, downloads };
}
