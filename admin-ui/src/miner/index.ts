import icon from '@mui/icons-material/MonitorHeartOutlined';
import { page } from '../layout/page';

export const miner = {
  name: 'miners',
  icon,
  options: { label: 'Miner health' },
  list: page(async () => (await import('./MinerList')).MinerList),
  show: page(async () => (await import('./MinerShow')).MinerShow),
};
