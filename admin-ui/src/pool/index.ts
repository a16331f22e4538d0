import icon from '@mui/icons-material/WavesOutlined';
import { page } from '../layout/page';

export const pool = {
  name: 'pools',
  icon,
  options: { label: 'Pools' },
  list: page(async () => (await import('./PoolList')).PoolList),
  show: page(async () => (await import('./PoolShow')).PoolShow),
};
