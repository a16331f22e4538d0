import { Box } from '@mui/material';
import { AppBar, LoadingIndicator, ToggleThemeButton, UserMenu } from 'react-admin';
import { useSession } from '../providers/useSession';
import { Banner } from './Banner';
import { Mark } from './Mark';

function Signed() {
  const session = useSession();
  if (!session) return null;
  return (
    <Box sx={{ textAlign: 'right', lineHeight: 1.25, mx: 1, display: { xs: 'none', md: 'block' } }}>
      <Box sx={{ fontSize: 13 }}>{session.email}</Box>
      <Box sx={{ fontSize: 11.5, color: 'text.secondary', textTransform: 'capitalize' }}>{session.role}</Box>
    </Box>
  );
}

const tools = (
  <>
    <ToggleThemeButton />
    <LoadingIndicator />
    <Signed />
  </>
);

export function TopBar() {
  return (
    <AppBar alwaysOn toolbar={tools} userMenu={<UserMenu />}>
      <Mark />
      <Box component="span" sx={{ ml: 1, mr: 2, fontWeight: 700, fontSize: 15.5, letterSpacing: '-0.01em' }}>
        Loanstone
      </Box>
      <Banner />
      <Box sx={{ flex: 1 }} />
    </AppBar>
  );
}
