import { Abort, EXIT } from '../exit';
import { minerCode } from '../miner/code';
import { multisigCode } from '../multisig/code';
import type { ActorCode } from './call';
import { initCode } from './init';
import { powerCode } from './power';
import type { ActorKind } from './state';

const FIRST_EXPORTED = 2 ** 24;
const NOTHING = new Uint8Array();

/** Accounts take any exported method number in silence, so that contracts can notify them (FRC-0042). */
const accountCode: ActorCode = ({ method }) => {
  if (method >= FIRST_EXPORTED) return NOTHING;
  throw new Abort(EXIT.unhandled, `invalid method: ${method}`);
};

/** Actors whose own methods nobody outside may call here. */
const closedCode: ActorCode = ({ method }) => {
  throw new Abort(EXIT.unhandled, `invalid method: ${method}`);
};

export function codeFor(kind: ActorKind): ActorCode {
  if (kind === 'account' || kind === 'placeholder') return accountCode;
  if (kind === 'storageminer') return minerCode;
  if (kind === 'init') return initCode;
  if (kind === 'multisig') return multisigCode;
  return kind === 'storagepower' ? powerCode : closedCode;
}
