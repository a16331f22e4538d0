import icon from '@mui/icons-material/AccountBalanceOutlined';
import { page } from '../layout/page';

export const account = {
  name: 'accounts',
  icon,
  options: { label: 'Accounts' },
  list: page(async () => (await import('./AccountList')).AccountList),
  show: page(async () => (await import('./AccountShow')).AccountShow),
};
