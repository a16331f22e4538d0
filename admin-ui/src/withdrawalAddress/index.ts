import icon from '@mui/icons-material/ContactMailOutlined';
import { page } from '../layout/page';

export const withdrawalAddress = {
  name: 'withdrawal-addresses',
  icon,
  options: { label: 'Addresses' },
  list: page(async () => (await import('./WithdrawalAddressList')).WithdrawalAddressList),
  show: page(async () => (await import('./WithdrawalAddressShow')).WithdrawalAddressShow),
};
