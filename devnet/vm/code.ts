import { Abort, EXIT } from '../exit';
import { minerCode } from '../miner/code';
import { multisigCode } from '../multisig/code';
import { accountCode } from './account';
import type { ActorCode } from './call';
import { initCode } from './init';
import { powerCode } from './power';
import type { ActorKind } from './state';

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
