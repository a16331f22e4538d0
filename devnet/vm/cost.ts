import { messageJson, requiredFunds, type Message } from '../message';

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

export function gasCostJson(m: Message | null, cost: GasCost | null): Record<string, unknown> {
  return {
    Message: m === null ? null : (messageJson(m)['CID'] ?? null),
    GasUsed: (cost?.gasUsed ?? 0).toString(),
    BaseFeeBurn: (cost?.baseFeeBurn ?? 0n).toString(),
    OverEstimationBurn: (cost?.overEstimationBurn ?? 0n).toString(),
    MinerPenalty: (cost?.minerPenalty ?? 0n).toString(),
    MinerTip: (cost?.minerTip ?? 0n).toString(),
    Refund: (cost?.refund ?? 0n).toString(),
    TotalCost: (cost?.totalCost ?? 0n).toString(),
  };
}
