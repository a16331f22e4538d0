import { Box } from '@mui/material';
import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { percentOf } from '../field/ratio';
import { Panel } from '../layout/Panel';
import type { Pool } from './pool';

/** Money against losses: how much there is, what it covers, and the rules for using it. */
export function LossReserve({ pool }: { readonly pool: Pool }) {
  const { lossReserve, reserve, reserveEarned } = pool;
  if (lossReserve === undefined) return null;
  const { cover, rules } = lossReserve;
  return (
    <Panel title="Loss reserve" hint={`Rules of use, version ${rules.version}, since ${rules.since}`}>
      <Facts
        facts={[
          { label: 'Loss reserve now', value: <MoneyField value={reserve} /> },
          { label: 'Filled from interest so far', value: <MoneyField value={reserveEarned} /> },
          { label: 'Covers of what is owed', value: percentOf(cover, 2) },
        ]}
      />
      <Box component="h3" sx={{ fontSize: 13, fontWeight: 600, mt: 2, mb: 0.5 }}>
        Who bears a loss, the first first
      </Box>
      <Box component="ol" sx={{ m: 0, pl: 3, fontSize: 14 }}>
        {rules.order.map(({ bearer, rule }) => (
          <li key={bearer}>{rule}</li>
        ))}
      </Box>
      <Box component="ul" sx={{ mt: 1, mb: 0, pl: 3, fontSize: 13, color: 'text.secondary' }}>
        {rules.conditions.map((condition) => (
          <li key={condition}>{condition}</li>
        ))}
      </Box>
    </Panel>
  );
}
