import { Box, Tooltip } from '@mui/material';
import { useSession } from '../providers/useSession';
import { Nothing } from './Nothing';
import { exactTime } from './time';

/** A chain height with the wall-clock time it stands for. */
export function EpochField({ value }: { readonly value: number | null | undefined }) {
  const network = useSession()?.network;
  if (value == null) return <Nothing />;
  const text = (
    <Box component="span" sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
      {value.toLocaleString('en')}
    </Box>
  );
  if (!network) return text;
  const at = new Date((network.genesisTime + value * network.epochSeconds) * 1000);
  return <Tooltip title={`epoch ${value} = ${exactTime(at.toISOString())}`}>{text}</Tooltip>;
}
