import icon from '@mui/icons-material/PeopleAltOutlined';
import { page } from '../layout/page';

export const customer = {
  name: 'customers',
  icon,
  options: { label: 'Customers' },
  list: page(async () => (await import('./CustomerList')).CustomerList),
  show: page(async () => (await import('./CustomerShow')).CustomerShow),
};
