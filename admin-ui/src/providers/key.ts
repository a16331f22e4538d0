/** A new Idempotency-Key: 128 random bits. `crypto.randomUUID` is missing on plain-HTTP hosts. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
