import Home from '@mui/icons-material/SpaceDashboardOutlined';
import Figures from '@mui/icons-material/InsightsOutlined';
import Balance from '@mui/icons-material/BalanceOutlined';
import { Box, Tooltip } from '@mui/material';
import type { ElementType, ReactNode } from 'react';
import { useResourceDefinitions, useSidebarState } from 'react-admin';
import { NavLink } from 'react-router';
import { opens } from '../providers/permission';
import { useSession } from '../providers/useSession';

const groups: readonly (readonly [name: string, resources: readonly string[]])[] = [
  ['Work', ['home', 'approvals']],
  ['Customers', ['customers', 'deposits', 'positions', 'redemptions', 'withdrawals', 'withdrawal-addresses']],
  ['Lending', ['pools', 'rates', 'rate-proposals', 'loans', 'email-applications', 'repayments', 'miners']],
  ['In the open', ['figures', 'comparisons']],
  [
    'Chain',
    [
      'messages',
      'senders',
      'sweeps',
      'top-ups',
      'custody-transfers',
      'reconciliations',
      'findings',
      'suspense-arrivals',
    ],
  ],
  ['Books', ['journals', 'accounts', 'trial-balance']],
  ['Control', ['freezes', 'policies', 'workflows', 'history-exports', 'schedules', 'refusals']],
];

interface Definition {
  readonly icon?: ElementType;
  readonly options?: { readonly label?: string };
}

interface EntryProps {
  readonly to: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly open: boolean;
}

function Entry({ to, label, icon, open }: EntryProps) {
  return (
    <li>
      <Tooltip title={open ? '' : label} placement="right">
        <NavLink to={to} end={to === '/'} className="menu-entry" aria-label={label}>
          {icon}
          {open ? <span>{label}</span> : null}
        </NavLink>
      </Tooltip>
    </li>
  );
}

/** Pages that are no resource of the data provider. */
const own: Readonly<
  Record<string, { readonly to: string; readonly label: string; readonly icon: ReactNode }>
> = {
  home: { to: '/', label: 'Home', icon: <Home /> },
  figures: { to: '/figures', label: 'Open figures', icon: <Figures /> },
  'trial-balance': { to: '/trial-balance', label: 'Trial balance', icon: <Balance /> },
};

/** Grouped by whose work it is; only what the person may read. */
export function SideMenu() {
  const permissions = useSession()?.permissions ?? [];
  const definitions = useResourceDefinitions();
  const [open] = useSidebarState();
  const entryOf = (name: string): ReactNode => {
    const page = own[name];
    if (page) return <Entry key={name} {...page} open={open} />;
    const definition: Definition | undefined = definitions[name];
    if (!definition) return null;
    const { icon: Icon } = definition;
    return (
      <Entry
        key={name}
        to={`/${name}`}
        label={definition.options?.label ?? name}
        icon={Icon ? <Icon /> : null}
        open={open}
      />
    );
  };
  return (
    <Box component="nav" aria-label="Main" className="menu" sx={{ width: open ? 218 : 52 }}>
      {groups.map(([name, resources]) => {
        const shown = resources.filter(
          (resource) => resource === 'home' || opens(permissions, resource, 'list'),
        );
        if (shown.length === 0) return null;
        return (
          <div key={name}>
            <h2 className={open ? '' : 'spoken'}>{name}</h2>
            <ul aria-label={name}>{shown.map(entryOf)}</ul>
          </div>
        );
      })}
    </Box>
  );
}
