/** Who calls. The permission of a route decides which kind of actor its handler gets. */
import type { Scope } from '../domain/api-key';
import type { Permission, Role } from '../domain/permission';

/** `public` needs no sign-in; `customer-open` needs an opened account; the rest are permissions of staff. */
export type Access = 'public' | 'customer' | 'customer-open' | Permission;

/** By which a customer is signed in. A key does what its scopes say, and nothing of a person's own affairs. */
export type SignIn =
  | { readonly kind: 'session'; readonly id: string }
  | { readonly kind: 'api-key'; readonly id: string; readonly scopes: readonly Scope[] };

export interface CustomerActor {
  readonly kind: 'customer';
  readonly id: string;
  readonly role: 'customer';
  readonly state: string;
  readonly by: SignIn;
}

export interface StaffActor {
  readonly kind: 'staff';
  readonly id: string;
  readonly role: Role;
  readonly email: string;
  readonly sessionId: string;
}

export type SignedIn = CustomerActor | StaffActor;

export type ActorFor<A extends Access> = A extends 'public'
  ? SignedIn | null
  : A extends 'customer' | 'customer-open'
    ? CustomerActor
    : StaffActor;

/** Which sign-in a route asks for. */
export function audienceOf(access: Access): 'public' | 'customer' | 'staff' {
  if (access === 'public') return 'public';
  return access === 'customer' || access === 'customer-open' ? 'customer' : 'staff';
}
