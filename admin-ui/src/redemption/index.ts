import icon from '@mui/icons-material/OutputOutlined';
import { page } from '../layout/page';

export const redemption = {
  name: 'redemptions',
  icon,
  options: { label: 'Redemptions' },
  list: page(async () => (await import('./RedemptionList')).RedemptionList),
  show: page(async () => (await import('./RedemptionShow')).RedemptionShow),
};
