import icon from '@mui/icons-material/NorthEastOutlined';
import { page } from '../layout/page';

export const withdrawal = {
  name: 'withdrawals',
  icon,
  options: { label: 'Withdrawals' },
  list: page(async () => (await import('./WithdrawalList')).WithdrawalList),
  show: page(async () => (await import('./WithdrawalShow')).WithdrawalShow),
};
