import Logout from '@mui/icons-material/Logout';
import { Box, Button } from '@mui/material';
import { AppBar, ToggleThemeButton, useLogout } from 'react-admin';
import { FrozenBadge } from '../freeze/FrozenBadge';
import { useSession } from '../providers/useSession';
import { Banner } from './Banner';
import { Mark } from './Mark';

function Signed() {
  const session = useSession();
  const logout = useLogout();
  if (!session) return null;
  return (
    <>
      <Box sx={{ textAlign: 'right', lineHeight: 1.25, mx: 1.5, display: { xs: 'none', md: 'block' } }}>
        <Box sx={{ fontSize: 13 }} data-me={session.id}>
          {session.email}
        </Box>
        <Box sx={{ fontSize: 11.5, color: 'text.secondary', textTransform: 'capitalize' }}>
          {session.role}
        </Box>
      </Box>
      <Button
        color="inherit"
        aria-label="Sign out"
        onClick={() => void logout()}
        sx={{ gap: 1, flexShrink: 0, minWidth: 40 }}
      >
        <Logout fontSize="small" />
        <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' } }}>
          Sign out
        </Box>
      </Button>
    </>
  );
}

const tools = (
  <>
    <ToggleThemeButton />
    <Signed />
  </>
);

export function TopBar() {
  return (
    <AppBar alwaysOn toolbar={tools} userMenu={false}>
      <Box sx={{ display: { xs: 'none', sm: 'flex' }, flexShrink: 0 }}>
        <Mark />
      </Box>
      <Box
        component="span"
        sx={{ ml: 1, mr: { xs: 1, sm: 2 }, fontWeight: 700, fontSize: 15.5, letterSpacing: '-0.01em' }}
      >
        Loanstone
      </Box>
      <Banner />
      <FrozenBadge />
      <Box sx={{ flex: 1 }} />
    </AppBar>
  );
}
