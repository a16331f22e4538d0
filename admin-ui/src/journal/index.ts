import icon from '@mui/icons-material/MenuBookOutlined';
import { page } from '../layout/page';

export const journal = {
  name: 'journals',
  icon,
  options: { label: 'Journals' },
  list: page(async () => (await import('./JournalList')).JournalList),
  show: page(async () => (await import('./JournalShow')).JournalShow),
};
