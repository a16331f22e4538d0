import icon from '@mui/icons-material/CallMerge';
import { page } from '../layout/page';

export const sweep = {
  name: 'sweeps',
  icon,
  options: { label: 'Sweeps' },
  list: page(async () => (await import('./SweepList')).SweepList),
  show: page(async () => (await import('./SweepShow')).SweepShow),
};
