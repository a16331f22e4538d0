import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useLogoutIfAccessDenied, useNotify } from 'react-admin';

/** Runs a command, says so, and has every open list and record read again. Errors stay with the caller. */
export function useCommand<Input>(
  run: (input: Input) => Promise<void>,
  done: { readonly message: string; readonly then?: () => void },
): UseMutationResult<void, Error, Input> {
  const client = useQueryClient();
  const notify = useNotify();
  const leaveIfSignedOut = useLogoutIfAccessDenied();
  return useMutation({
    mutationFn: run,
    onError: async (error) => {
      await leaveIfSignedOut(error);
    },
    onSuccess: async () => {
      notify(done.message, { type: 'success' });
      done.then?.();
      await client.invalidateQueries();
    },
  });
}
