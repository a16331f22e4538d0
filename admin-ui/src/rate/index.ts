import icon from '@mui/icons-material/TrendingUpOutlined';
import { page } from '../layout/page';

export const rate = {
  name: 'rates',
  icon,
  options: { label: 'Rates' },
  list: page(async () => (await import('./RateList')).RateList),
};
