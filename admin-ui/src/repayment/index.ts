import icon from '@mui/icons-material/CallSplit';
import { page } from '../layout/page';

export const repayment = {
  name: 'repayments',
  icon,
  options: { label: 'Repayments' },
  list: page(async () => (await import('./RepaymentList')).RepaymentList),
  show: page(async () => (await import('./RepaymentShow')).RepaymentShow),
};
