import icon from '@mui/icons-material/GavelOutlined';
import { page } from '../layout/page';

export const policy = {
  name: 'policies',
  icon,
  options: { label: 'Policies' },
  list: page(async () => (await import('./PolicyList')).PolicyList),
  show: page(async () => (await import('./PolicyShow')).PolicyShow),
};
