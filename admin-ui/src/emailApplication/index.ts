import icon from '@mui/icons-material/MarkEmailReadOutlined';
import { page } from '../layout/page';

export const emailApplication = {
  name: 'email-applications',
  icon,
  options: { label: 'By email' },
  list: page(async () => (await import('./EmailApplicationList')).EmailApplicationList),
  show: page(async () => (await import('./EmailApplicationShow')).EmailApplicationShow),
  create: page(async () => (await import('./EmailApplicationCreate')).EmailApplicationCreate),
};
