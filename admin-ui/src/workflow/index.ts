import icon from '@mui/icons-material/AccountTreeOutlined';
import { page } from '../layout/page';

export const workflow = {
  name: 'workflows',
  icon,
  options: { label: 'Workflows' },
  list: page(async () => (await import('./WorkflowList')).WorkflowList),
  show: page(async () => (await import('./WorkflowShow')).WorkflowShow),
};
