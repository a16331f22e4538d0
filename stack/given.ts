/** Parts that the caller's environment names are used as they are and not started. */

export interface Given {
  readonly database: { readonly app: string; readonly owner: string; readonly signer: string } | undefined;
  readonly temporal: { readonly address: string; readonly namespace: string } | undefined;
  readonly lotus: { readonly rpc: string; readonly token: string } | undefined;
  readonly mail: { readonly smtp: string } | undefined;
}

/**
 * Reads which parts are given: DATABASE_URL, TEMPORAL_ADDRESS, LOTUS_RPC_URL, SMTP_URL.
 * @throws when one is named without what belongs to it
 */
export function givenParts(env: NodeJS.ProcessEnv = process.env): Given {
  const value = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const missing: string[] = [];
  const beside = (name: string, companion: string, why: string): string => {
    const found = value(companion);
    if (found === undefined) missing.push(`  ${name} is set, ${companion} is not (${why})`);
    return found ?? '';
  };
  const app = value('DATABASE_URL');
  const database =
    app === undefined
      ? undefined
      : {
          app,
          owner: beside(
            'DATABASE_URL',
            'DATABASE_OWNER_URL',
            'the owner of the database runs the migrations',
          ),
          signer: beside('DATABASE_URL', 'SIGNER_DATABASE_URL', 'the signer has a login of its own'),
        };
  const address = value('TEMPORAL_ADDRESS');
  const rpc = value('LOTUS_RPC_URL');
  const lotus =
    rpc === undefined
      ? undefined
      : { rpc, token: beside('LOTUS_RPC_URL', 'LOTUS_RPC_TOKEN', 'its bearer token') };
  const smtp = value('SMTP_URL');
  if (missing.length > 0)
    throw new Error(`The environment names a part without what belongs to it:\n${missing.join('\n')}`);
  return {
    database,
    temporal:
      address === undefined ? undefined : { address, namespace: value('TEMPORAL_NAMESPACE') ?? 'default' },
    lotus,
    mail: smtp === undefined ? undefined : { smtp },
  };
}
