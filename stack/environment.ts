import { configVariables } from '../config';
import type { Part } from '../config-variables';

/** What any program needs of its surroundings; nothing of ours, so that no secret is handed on by accident. */
const SURROUNDINGS = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'HTTPS_PROXY',
  'NO_PROXY',
];

/** The surroundings alone: for programs that are configured by arguments. */
export function plainEnvironment(outer: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    SURROUNDINGS.flatMap((name) => (outer[name] === undefined ? [] : [[name, outer[name]]])),
  );
}

/**
 * The environment of one part: the surroundings and those variables that this part reads. What we know wins, what
 * the caller's environment sets beyond that is handed on.
 */
export function partEnvironment(
  part: Part,
  known: Readonly<Record<string, string>>,
  outer: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const read = configVariables.filter(({ parts }) => parts.includes(part)).map(({ name }) => name);
  const own = read.flatMap((name) => {
    const value = known[name] ?? outer[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...plainEnvironment(outer), ...(Object.fromEntries(own) as Record<string, string>) };
}
