import icon from '@mui/icons-material/ViewTimelineOutlined';
import { page } from '../layout/page';

export const sender = {
  name: 'senders',
  icon,
  options: { label: 'Senders' },
  list: page(async () => (await import('./SenderList')).SenderList),
  show: page(async () => (await import('./SenderShow')).SenderShow),
};
