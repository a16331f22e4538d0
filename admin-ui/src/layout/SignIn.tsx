import { Box, Button, Card, TextField } from '@mui/material';
import { useState, type SyntheticEvent } from 'react';
import { useLogin } from 'react-admin';
import { Fault } from './Fault';
import { Mark } from './Mark';

/** Staff sign in with email and password; the answer to a wrong one names neither. */
export function SignIn() {
  const login = useLogin();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState(false);

  const submit = async (): Promise<void> => {
    setPending(true);
    setError(null);
    try {
      await login({ username: email.trim(), password });
    } catch (reason) {
      setError(reason);
    } finally {
      setPending(false);
    }
  };
  const onSubmit = (event: SyntheticEvent): void => {
    event.preventDefault();
    void submit();
  };

  return (
    <Box
      component="main"
      sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2, bgcolor: 'background.default' }}
    >
      <Card component="form" onSubmit={onSubmit} sx={{ width: 380, maxWidth: '100%', p: 4 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.25 }}>
          <Mark size={30} />
          <Box component="h1" sx={{ m: 0, fontSize: 20, fontWeight: 700 }}>
            Loanstone back office
          </Box>
        </Box>
        <Box component="p" sx={{ color: 'text.secondary', mt: 1, mb: 2.5, fontSize: 14 }}>
          Deposits and loans in FIL: approve, follow, account.
        </Box>
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          autoFocus
          required
          fullWidth
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          fullWidth
          sx={{ mt: 1.5 }}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {error === null ? null : <Fault error={error} />}
        <Button type="submit" variant="contained" size="large" fullWidth disabled={pending} sx={{ mt: 2.5 }}>
          {pending ? 'Signing in…' : 'Sign in'}
        </Button>
      </Card>
    </Box>
  );
}
