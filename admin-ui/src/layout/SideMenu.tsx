import Home from '@mui/icons-material/SpaceDashboardOutlined';
import Balance from '@mui/icons-material/BalanceOutlined';
import { Box } from '@mui/material';
import { Menu, MenuItemLink, useSidebarState } from 'react-admin';
import { useSession } from '../providers/useSession';
import { opens } from '../providers/permission';

const groups: readonly (readonly [string, readonly string[]])[] = [
  ['Customers', ['customers', 'deposits', 'positions']],
  ['Lending', ['pools', 'loans']],
  ['Chain', ['messages', 'top-ups', 'reconciliations']],
  ['Books', ['journals', 'accounts']],
  ['Control', ['workflows', 'schedules', 'refusals']],
];

function Heading({ text }: { readonly text: string }) {
  const [open] = useSidebarState();
  return (
    <Box
      component="h2"
      sx={{
        m: 0,
        pt: '14px',
        pb: '3px',
        px: '20px',
        fontSize: 11.5,
        fontWeight: 600,
        color: 'text.secondary',
      }}
    >
      {open ? text : <Box sx={{ borderTop: 1, borderColor: 'divider' }} />}
    </Box>
  );
}

/** Grouped by whose work it is; only what the person may read. */
export function SideMenu() {
  const permissions = useSession()?.permissions ?? [];
  const open = (resource: string): boolean => opens(permissions, resource, 'list');
  return (
    <Menu sx={{ pt: 1, pb: 3, width: 'auto', '&.RaMenu-open': { width: 218 } }}>
      <MenuItemLink to="/" primaryText="Home" leftIcon={<Home />} />
      {open('approvals') ? <Menu.ResourceItem name="approvals" /> : null}
      {groups.map(([name, resources]) => {
        const shown = resources.filter(open);
        const books = name === 'Books' && open('trial-balance');
        if (shown.length === 0 && !books) return null;
        return (
          <nav key={name} aria-label={name}>
            <Heading text={name} />
            {shown.map((resource) => (
              <Menu.ResourceItem key={resource} name={resource} />
            ))}
            {books ? (
              <MenuItemLink to="/trial-balance" primaryText="Trial balance" leftIcon={<Balance />} />
            ) : null}
          </nav>
        );
      })}
    </Menu>
  );
}
