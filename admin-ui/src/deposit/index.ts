import icon from '@mui/icons-material/CallReceived';
import { page } from '../layout/page';

export const deposit = {
  name: 'deposits',
  icon,
  options: { label: 'Deposits' },
  list: page(async () => (await import('./DepositList')).DepositList),
  show: page(async () => (await import('./DepositShow')).DepositShow),
};
