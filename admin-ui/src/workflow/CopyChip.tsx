import { StateChip } from '../field/StateChip';
import type { Copy } from './workflow';

interface CopyChipProps {
  readonly live: boolean;
  readonly copy: Copy | null;
}

/** Where the history of a run is: in Temporal, in the copy kept of it, or in both. */
export function CopyChip({ live, copy }: CopyChipProps) {
  if (copy?.intact === false) return <StateChip state="damaged" tone="bad" label="copy is damaged" />;
  if (!live) return <StateChip state="archive" tone="care" label="from archive" />;
  if (copy) return <StateChip state="copied" tone="good" label="live, and copied" />;
  return <StateChip state="live" tone="run" label="live" />;
}
