/** Who is signed in, what they may do and which network this is; asked once, kept until sign-out. */
import { Problem } from './problem';
import { API, request } from './request';
import { objectOf } from './row';

export interface Network {
  readonly name: string;
  readonly genesisTime: number;
  readonly epochSeconds: number;
}

export interface Session {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly permissions: readonly string[];
  readonly environment: string;
  /** Null before the platform has seen its chain for the first time. */
  readonly network: Network | null;
}

let held: Promise<Session> | null = null;

async function ask(): Promise<Session> {
  const { json } = await request(`${API}/session`);
  return objectOf<Session>(json);
}

/** The present session. @throws Problem 401 where nobody is signed in. */
export function currentSession(): Promise<Session> {
  held ??= ask().catch((error: unknown) => {
    held = null;
    throw error;
  });
  return held;
}

export function forgetSession(): void {
  held = null;
}

/** Opens a session; the cookie is the server's. @throws Problem credentials-wrong. */
export async function signIn(email: string, password: string): Promise<Session> {
  forgetSession();
  await request(`${API}/session`, { method: 'POST', body: { email, password } });
  return currentSession();
}

/** Ends the session; one that the server ended before us is as good. */
export async function signOut(): Promise<void> {
  const known = held !== null;
  forgetSession();
  if (!known) return;
  try {
    await request(`${API}/session`, { method: 'DELETE' });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return;
    throw error;
  }
}
