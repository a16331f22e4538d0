/** The form for an application that came by email, by its labels. */
import type { Page } from 'playwright-core';
import * as office from './pages';

export interface EmailForm {
  readonly openIt: () => Promise<void>;
  readonly fill: (values: Readonly<Record<string, string>>) => Promise<void>;
  readonly attach: (file: Buffer) => Promise<void>;
  /** Names borrower and miner and gives the text that the owner signs. */
  readonly textToSign: (email: string, miner: string) => Promise<string>;
  readonly send: () => Promise<void>;
  /** What stands below a field. */
  readonly below: (label: string) => Promise<string>;
}

export function emailForm(page: Page): EmailForm {
  const field = (label: string) =>
    page
      .getByRole('main')
      .getByLabel(new RegExp(`^${label}(?:\\s\\*)?$`))
      .first();
  const fill = async (values: Readonly<Record<string, string>>): Promise<void> => {
    for (const [label, value] of Object.entries(values)) await field(label).fill(value);
  };
  return {
    openIt: async () => {
      await office.open(page, '/email-applications', 'Applications by email');
      await page.getByRole('link', { name: 'Open an application' }).click();
      await office.settled(page, 'Open an application');
    },
    fill,
    attach: async (file) => {
      await page.getByLabel('Attachment', { exact: true }).setInputFiles({
        ...{ name: 'form.pdf', mimeType: 'application/pdf', buffer: file },
      });
    },
    textToSign: async (email, miner) => {
      await page.getByRole('combobox', { name: 'Borrower' }).fill(email);
      await page.getByRole('option', { name: email }).click();
      await fill({ Miner: miner });
      await page.getByRole('button', { name: 'Make the text' }).click();
      return page.getByRole('note', { name: 'The text to be signed' }).locator('code').first().innerText();
    },
    send: () => page.getByRole('button', { name: 'Open the application' }).click(),
    below: async (label) => {
      const id = await field(label).getAttribute('aria-describedby');
      return page.locator(`[id="${id ?? ''}"]`).innerText();
    },
  };
}
