import { Box, LinearProgress } from '@mui/material';
import { MoneyField } from '../field/MoneyField';
import { limitNames, permilleOf, type Limit } from './withdrawal';

/** How much of each limit is used now, as bars with their figures. */
export function LimitBars({
  limits,
  amount,
}: {
  readonly limits: readonly Limit[];
  readonly amount: string;
}) {
  const shown = limits.map((limit) => (limit.name === 'transaction' ? { ...limit, used: amount } : limit));
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.5 }}>
      {shown.map((limit) => {
        const permille = permilleOf(limit);
        return (
          <li key={limit.name}>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, fontSize: 14, mb: 0.5 }}>
              <span>{limitNames[limit.name]}</span>
              <span>
                <MoneyField value={limit.used} copy={false} /> of{' '}
                <MoneyField value={limit.most} copy={false} />
              </span>
            </Box>
            <LinearProgress
              variant="determinate"
              value={permille / 10}
              color={permille >= 1000 ? 'error' : permille >= 800 ? 'warning' : 'primary'}
              aria-label={`${limitNames[limit.name]}: ${permille / 10} % used`}
              sx={{ height: 6, borderRadius: 3 }}
            />
          </li>
        );
      })}
    </Box>
  );
}
