import icon from '@mui/icons-material/RateReviewOutlined';
import { page } from '../layout/page';

export const rateProposal = {
  name: 'rate-proposals',
  icon,
  options: { label: 'Rate proposals' },
  list: page(async () => (await import('./RateProposalList')).RateProposalList),
  show: page(async () => (await import('./RateProposalShow')).RateProposalShow),
};
