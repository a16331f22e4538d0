import icon from '@mui/icons-material/BlockOutlined';
import { page } from '../layout/page';

export const refusal = {
  name: 'refusals',
  icon,
  options: { label: 'Refused attempts' },
  list: page(async () => (await import('./RefusalList')).RefusalList),
};
