import { Box, Card } from '@mui/material';
import type { ReactNode } from 'react';
import { Link } from 'react-admin';
import { AgeField } from '../field/TimeField';
import type { Shown } from './tiles';

interface TileCardProps extends Shown {
  /** In place of the count. */
  readonly figure?: ReactNode;
}

/** A count that leads to its list, with the age of the oldest; quiet at zero. */
export function TileCard({ tile, count: { count, oldestAt }, mine, figure }: TileCardProps) {
  const idle = count === 0;
  const edge = idle ? 'divider' : tile.urgent ? 'error.main' : mine ? 'primary.main' : 'text.disabled';
  return (
    <Card
      component={Link}
      to={tile.to}
      data-tile={tile.key}
      data-mine={mine}
      sx={{
        p: 2,
        display: 'block',
        color: 'text.primary',
        borderLeft: '4px solid',
        borderLeftColor: edge,
        textDecoration: 'none',
        '&:hover': { textDecoration: 'none', borderColor: 'primary.main' },
      }}
    >
      <Box sx={{ fontSize: 13, color: 'text.secondary' }}>{tile.label}</Box>
      <Box
        sx={{
          fontSize: 28,
          fontWeight: 650,
          lineHeight: 1.3,
          color: idle ? 'text.secondary' : tile.urgent ? 'error.main' : 'text.primary',
          fontVariantNumeric: 'tabular-nums',
        }}
      >
        {figure ?? count}
      </Box>
      <Box sx={{ fontSize: 12.5, color: 'text.secondary' }}>
        {oldestAt === null || idle ? (
          tile.calm
        ) : (
          <>
            oldest: <AgeField value={oldestAt} />
          </>
        )}
      </Box>
    </Card>
  );
}
