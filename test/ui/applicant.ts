/** A person who registers through the customers' API up to the point where staff must decide. */
import { waitFor } from '../../stack/wait';

async function call(url: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Idempotency-Key': url };
  if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function mailedCode(appUrl: string, email: string): Promise<string | undefined> {
  const answer = await fetch(`${appUrl}/dev/mail.json?to=${encodeURIComponent(email)}`);
  const mails = (await answer.json()) as readonly { readonly text: string }[];
  return mails.map(({ text }) => /\b\d{6}\b/.exec(text)?.[0]).find((code) => code !== undefined);
}

/** Registers, verifies the code and sends a profile: an onboarding approval follows. */
export async function apply(appUrl: string, email: string, fullName: string): Promise<void> {
  await call(`${appUrl}/v1/registrations`, { email });
  const code = await waitFor(() => mailedCode(appUrl, email), {
    what: `the code for ${email}`,
    timeoutMs: 30_000,
  });
  const { token } = await call(`${appUrl}/v1/sessions`, { email, code });
  await call(`${appUrl}/v1/kyc`, { fullName, country: 'PT' }, String(token));
}
