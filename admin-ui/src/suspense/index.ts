import icon from '@mui/icons-material/ContactSupportOutlined';
import { page } from '../layout/page';

export const suspense = {
  name: 'suspense-arrivals',
  icon,
  options: { label: 'Suspense' },
  list: page(async () => (await import('./SuspenseList')).SuspenseList),
};
