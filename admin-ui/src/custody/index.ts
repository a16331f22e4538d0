import icon from '@mui/icons-material/AccountBalanceWalletOutlined';
import { page } from '../layout/page';

export const custody = {
  name: 'custody-transfers',
  icon,
  options: { label: 'Custody' },
  list: page(async () => (await import('./CustodyList')).CustodyList),
  show: page(async () => (await import('./CustodyShow')).CustodyShow),
};
