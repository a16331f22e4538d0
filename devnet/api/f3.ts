import { anything, text, uint64 } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';

const F3_DISABLED = 4;

function disabled(): never {
  throw new RpcFailure('f3 is disabled', F3_DISABLED);
}

/** Fast finality, answered as a node does that runs without it. */
export const f3Methods = (): Methods => ({
  F3IsRunning: method('read', [], () => false),
  F3GetProgress: method('read', [], () => ({ ID: 0, Round: 0, Phase: 0 })),
  F3ListParticipants: method('read', [], () => null),
  F3GetManifest: method('read', [], disabled),
  F3GetLatestCertificate: method('read', [], disabled),
  F3GetCertificate: method('read', [uint64], disabled),
  F3GetECPowerTable: method('read', [anything], disabled),
  F3GetF3PowerTable: method('read', [anything], disabled),
  F3GetOrRenewParticipationTicket: method('sign', [text, anything, uint64], disabled),
  F3Participate: method('sign', [anything], disabled),
});
