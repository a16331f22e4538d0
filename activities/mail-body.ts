/** One mail in two forms, plain text and HTML, from the same blocks: a program that shows no HTML loses nothing. */

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A paragraph, facts to copy (name, value), or a command for a shell. */
export type Block =
  string | { readonly facts: readonly (readonly [string, string])[] } | { readonly command: string };

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function plain(block: Block): string {
  if (typeof block === 'string') return block;
  if ('command' in block) return `    ${block.command}`;
  const width = Math.max(...block.facts.map(([name]) => name.length));
  return block.facts.map(([name, value]) => `    ${`${name}:`.padEnd(width + 2)}${value}`).join('\n');
}

const CODE = 'font-family:monospace;white-space:pre-wrap;word-break:break-all';

function html(block: Block): string {
  if (typeof block === 'string') return `<p>${escape(block)}</p>`;
  if ('command' in block) return `<p style="${CODE}">${escape(block.command)}</p>`;
  const rows = block.facts.map(
    ([name, value]) =>
      `<tr><th align="left">${escape(name)}</th><td style="${CODE}">${escape(value)}</td></tr>`,
  );
  return `<table cellpadding="4">${rows.join('')}</table>`;
}

/** Writes a mail; no image, link or style sheet of elsewhere, so that nothing tells whether it was read. */
export function writeBody(subject: string, blocks: readonly Block[]): MailText {
  const all = [...blocks, 'Loanstone'];
  return {
    subject,
    text: `${all.map(plain).join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${all.map(html).join('\n')}</body></html>\n`,
  };
}
