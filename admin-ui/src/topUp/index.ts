import icon from '@mui/icons-material/AddCardOutlined';
import { page } from '../layout/page';

export const topUp = {
  name: 'top-ups',
  icon,
  options: { label: 'Top-ups' },
  list: page(async () => (await import('./TopUpList')).TopUpList),
  show: page(async () => (await import('./TopUpShow')).TopUpShow),
};
