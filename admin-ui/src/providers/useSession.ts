import { useQuery } from '@tanstack/react-query';
import { holds, type Permission } from './permission';
import { currentSession, type Session } from './session';

/** The session for screens; undefined while it is asked for. */
export function useSession(): Session | undefined {
  return useQuery({ queryKey: ['session'], queryFn: currentSession, staleTime: Infinity }).data;
}

/** Whether the person may do this; false until known. */
export function useMay(permission: Permission): boolean {
  const session = useSession();
  return session !== undefined && holds(session.permissions, permission);
}
