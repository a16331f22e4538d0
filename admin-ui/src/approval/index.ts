import icon from '@mui/icons-material/FactCheckOutlined';
import { page } from '../layout/page';

export const approval = {
  name: 'approvals',
  icon,
  options: { label: 'Approvals' },
  list: page(async () => (await import('./ApprovalList')).ApprovalList),
  show: page(async () => (await import('./ApprovalShow')).ApprovalShow),
};
