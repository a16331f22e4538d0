/** Cookie sessions. `canAccess` denies by default; the server enforces the same table again. */
import type { AuthProvider } from 'react-admin';
import { opens } from './permission';
import { Problem } from './problem';
import { currentSession, forgetSession, signIn, signOut } from './session';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

export const authProvider: AuthProvider = {
  async login({ username, password }: Credentials) {
    await signIn(username, password);
  },
  async logout() {
    await signOut();
  },
  async checkAuth() {
    await currentSession();
  },
  checkError(error: unknown) {
    if (!(error instanceof Problem) || error.status !== 401) return Promise.resolve();
    forgetSession();
    return Promise.reject(error);
  },
  async getIdentity() {
    const { id, email, role } = await currentSession();
    return { id, fullName: email, role };
  },
  async getPermissions() {
    return (await currentSession()).permissions;
  },
  async canAccess({ resource, action }) {
    const { permissions } = await currentSession();
    return opens(permissions, resource, action);
  },
};
