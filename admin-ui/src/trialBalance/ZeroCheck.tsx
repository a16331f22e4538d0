import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-admin';
import { StateChip } from '../field/StateChip';
import { readTrialBalance } from './reads';

/** On every page of the books: do all debits equal all credits? */
export function ZeroCheck() {
  const { data, error } = useQuery({
    queryKey: ['trial-balance'],
    queryFn: ({ signal }) => readTrialBalance(signal),
    refetchInterval: 10_000,
  });
  if (error) return <StateChip state="unknown" tone="care" label="Trial balance not read" />;
  if (!data) return null;
  const zero = data.balanced;
  return (
    <Link to="/trial-balance" data-zero={zero}>
      <StateChip
        state="trial"
        tone={zero ? 'good' : 'bad'}
        label={zero ? 'Trial balance is zero' : 'Trial balance is not zero'}
      />
    </Link>
  );
}
