import icon from '@mui/icons-material/AcUnitOutlined';
import { page } from '../layout/page';

export const freeze = {
  name: 'freezes',
  icon,
  options: { label: 'Freezes' },
  list: page(async () => (await import('./FreezeList')).FreezeList),
  show: page(async () => (await import('./FreezeShow')).FreezeShow),
};
