import icon from '@mui/icons-material/CompareArrows';
import { page } from '../layout/page';

export const reconciliation = {
  name: 'reconciliations',
  icon,
  options: { label: 'Reconciliation' },
  list: page(async () => (await import('./ReconciliationList')).ReconciliationList),
  show: page(async () => (await import('./ReconciliationShow')).ReconciliationShow),
};
