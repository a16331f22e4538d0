import icon from '@mui/icons-material/UpdateOutlined';
import { page } from '../layout/page';

export const schedule = {
  name: 'schedules',
  icon,
  options: { label: 'Schedules' },
  list: page(async () => (await import('./ScheduleList')).ScheduleList),
};
