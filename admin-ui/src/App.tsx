import { QueryClient } from '@tanstack/react-query';
import { Admin, CustomRoutes, Resource } from 'react-admin';
import { Route } from 'react-router';
import { account } from './account';
import { approval } from './approval';
import { comparison } from './comparison';
import { custody } from './custody';
import { customer } from './customer';
import { deposit } from './deposit';
import { emailApplication } from './emailApplication';
import { figure as OpenFigures } from './figure';
import { finding } from './finding';
import { freeze } from './freeze';
import { historyExport } from './historyExport';
import { home } from './home';
import { journal } from './journal';
import { Shell } from './layout/Shell';
import { SignIn } from './layout/SignIn';
import { darkTheme, lightTheme } from './layout/theme';
import { loan } from './loan';
import { message } from './message';
import { miner } from './miner';
import { policy } from './policy';
import { pool } from './pool';
import { position } from './position';
import { authProvider } from './providers/authProvider';
import { dataProvider } from './providers/dataProvider';
import { Problem } from './providers/problem';
import { rate } from './rate';
import { rateProposal } from './rateProposal';
import { redemption } from './redemption';
import { reconciliation } from './reconciliation';
import { refusal } from './refusal';
import { repayment } from './repayment';
import { schedule } from './schedule';
import { sender } from './sender';
import { suspense } from './suspense';
import { sweep } from './sweep';
import { topUp } from './topUp';
import { trialBalance as TrialBalance } from './trialBalance';
import { withdrawal } from './withdrawal';
import { withdrawalAddress } from './withdrawalAddress';
import { workflow } from './workflow';

/** A refusal stays a refusal: only an answer that did not come, or a fault of the server, is asked for again. */
function mayRetry(failures: number, error: Error): boolean {
  const refused = error instanceof Problem && error.status >= 400 && error.status < 500;
  return !refused && failures < 2;
}

const queryClient = new QueryClient({ defaultOptions: { queries: { retry: mayRetry, staleTime: 1_000 } } });

const resources = [
  approval,
  customer,
  deposit,
  position,
  redemption,
  withdrawal,
  withdrawalAddress,
  pool,
  comparison,
  rate,
  rateProposal,
  loan,
  emailApplication,
  repayment,
  miner,
  message,
  sender,
  sweep,
  topUp,
  custody,
  reconciliation,
  finding,
  suspense,
  journal,
  account,
  freeze,
  policy,
  workflow,
  schedule,
  historyExport,
  refusal,
];

export function App() {
  return (
    <Admin
      title="Loanstone"
      authProvider={authProvider}
      dataProvider={dataProvider}
      queryClient={queryClient}
      dashboard={home}
      layout={Shell}
      loginPage={SignIn}
      theme={lightTheme}
      darkTheme={darkTheme}
      disableTelemetry
      requireAuth
    >
      {resources.map((resource) => (
        <Resource key={resource.name} {...resource} />
      ))}
      <CustomRoutes>
        <Route path="/figures" element={<OpenFigures />} />
        <Route path="/trial-balance" element={<TrialBalance />} />
      </CustomRoutes>
    </Admin>
  );
}
