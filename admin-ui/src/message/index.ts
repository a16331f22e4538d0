import icon from '@mui/icons-material/SendOutlined';
import { page } from '../layout/page';

export const message = {
  name: 'messages',
  icon,
  options: { label: 'On-chain messages' },
  list: page(async () => (await import('./MessageList')).MessageList),
  show: page(async () => (await import('./MessageShow')).MessageShow),
};
