/** Every declared route, in one list: the router, OpenAPI and the permission matrix are made from it. */
import type { ApiDeps } from './deps';
import { healthRoutes, type Lifetime } from './health';
import { meRoutes } from './me';
import type { Metrics } from './metrics';
import { registrationRoutes } from './registration';
import type { Route } from './route';

export function allRoutes(deps: ApiDeps, metrics: Metrics, lifetime: Lifetime): Route[] {
  return [...registrationRoutes(deps), ...meRoutes(deps), ...healthRoutes(deps, metrics, lifetime)];
}
