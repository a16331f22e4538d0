import icon from '@mui/icons-material/Inventory2Outlined';
import { page } from '../layout/page';

export const historyExport = {
  name: 'history-exports',
  icon,
  options: { label: 'History copies' },
  list: page(async () => (await import('./HistoryExportList')).HistoryExportList),
};
