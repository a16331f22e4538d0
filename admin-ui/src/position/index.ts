import icon from '@mui/icons-material/ReceiptLongOutlined';
import { page } from '../layout/page';

export const position = {
  name: 'positions',
  icon,
  options: { label: 'Positions' },
  list: page(async () => (await import('./PositionList')).PositionList),
  show: page(async () => (await import('./PositionShow')).PositionShow),
};
