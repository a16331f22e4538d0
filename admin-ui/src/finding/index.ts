import icon from '@mui/icons-material/TravelExplore';
import { page } from '../layout/page';

export const finding = {
  name: 'findings',
  icon,
  options: { label: 'Findings' },
  list: page(async () => (await import('./FindingList')).FindingList),
};
