import icon from '@mui/icons-material/HandshakeOutlined';
import { page } from '../layout/page';

export const loan = {
  name: 'loans',
  icon,
  options: { label: 'Loans' },
  list: page(async () => (await import('./LoanList')).LoanList),
  show: page(async () => (await import('./LoanShow')).LoanShow),
};
