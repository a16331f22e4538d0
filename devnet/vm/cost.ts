import { link, messageCid, requiredFunds, type Message } from '../message';

/** What a message cost its sender and where the money went, in attoFIL. */
export interface GasCost {
  readonly gasUsed: number;
  readonly baseFeeBurn: bigint;
  readonly overEstimationBurn: bigint;
  readonly minerPenalty: bigint;
  readonly minerTip: bigint;
  readonly refund: bigint;
  readonly totalCost: bigint;
}

/** Gas burnt for asking too much: Lotus' ComputeGasOverestimationBurn. */
export function overEstimation(used: number, limit: number): bigint {
  if (used === 0) return BigInt(limit);
  const over = BigInt(limit) - (11n * BigInt(used)) / 10n;
  if (over < 0n) return 0n;
  const capped = over > BigInt(used) ? BigInt(used) : over;
  return (BigInt(limit - used) * capped) / BigInt(used);
}

/** Splits the reserved gas money of a message: Lotus' ComputeGasOutputs. */
export function gasCost(m: Message, used: number, baseFee: bigint): GasCost {
  const paid = baseFee > m.gasFeeCap ? m.gasFeeCap : baseFee;
  const burnt = overEstimation(used, m.gasLimit);
  const room = m.gasFeeCap - paid;
  const tip = m.gasPremium > room ? room : m.gasPremium;
  const baseFeeBurn = paid * BigInt(used);
  const overEstimationBurn = paid * burnt;
  const minerTip = tip * BigInt(m.gasLimit);
  const totalCost = baseFeeBurn + overEstimationBurn + minerTip;
  return {
    gasUsed: used,
    baseFeeBurn,
    overEstimationBurn,
    minerPenalty: (baseFee - paid) * (BigInt(used) + burnt),
    minerTip,
    refund: requiredFunds(m) - totalCost,
    totalCost,
  };
}

const FREE: GasCost = {
  gasUsed: 0,
  baseFeeBurn: 0n,
  overEstimationBurn: 0n,
  minerPenalty: 0n,
  minerTip: 0n,
  refund: 0n,
  totalCost: 0n,
};

/** A MsgGasCost; without a message the zero one that a free call has. */
export function gasCostJson(m: Message | null, cost: GasCost = FREE): Record<string, unknown> {
  return {
    Message: m && link(messageCid(m)),
    GasUsed: cost.gasUsed.toString(),
    BaseFeeBurn: cost.baseFeeBurn.toString(),
    OverEstimationBurn: cost.overEstimationBurn.toString(),
    MinerPenalty: cost.minerPenalty.toString(),
    MinerTip: cost.minerTip.toString(),
    Refund: cost.refund.toString(),
    TotalCost: cost.totalCost.toString(),
  };
}
