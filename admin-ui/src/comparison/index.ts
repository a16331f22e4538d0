import icon from '@mui/icons-material/CompareArrowsOutlined';
import { page } from '../layout/page';

export const comparison = {
  name: 'comparisons',
  icon,
  options: { label: 'Comparison' },
  list: page(async () => (await import('./ComparisonList')).ComparisonList),
  show: page(async () => (await import('./ComparisonShow')).ComparisonShow),
  create: page(async () => (await import('./ComparisonCreate')).ComparisonCreate),
};
