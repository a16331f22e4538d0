/**
 * Writes the secrets of docker-compose.yml, freshly drawn: `node deploy/make-env.js > .env`.
 * Keep the file: nothing opens the keystore and the customers' profiles without it.
 */
const { createHmac, randomBytes } = require('node:crypto');

const hex = (bytes) => randomBytes(bytes).toString('hex');
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A bearer token of the devnet, made as a Lotus node makes its own: a JWT over its secret. */
function token(secret, allow) {
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ Allow: allow })}`;
  return `${body}.${createHmac('sha256', Buffer.from(secret, 'hex')).update(body).digest('base64url')}`;
}

const devnetSecret = hex(32);
const values = {
  POSTGRES_PASSWORD: hex(16),
  TEMPORAL_DB_PASSWORD: hex(16),
  OWNER_DB_PASSWORD: hex(16),
  APP_DB_PASSWORD: hex(16),
  SIGNER_DB_PASSWORD: hex(16),
  CUSTOMER_DATA_KEY: hex(32),
  KEYSTORE_PASSPHRASE: hex(24),
  DEVNET_SECRET: devnetSecret,
  DEVNET_CONTROL_TOKEN: hex(16),
  LOTUS_WRITE_TOKEN: token(devnetSecret, ['read', 'write']),
  LOTUS_READ_TOKEN: token(devnetSecret, ['read']),
};
for (const [name, value] of Object.entries(values)) process.stdout.write(`${name}=${value}\n`);
