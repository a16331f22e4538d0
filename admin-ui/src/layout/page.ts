import { lazy, type FunctionComponent } from 'react';

/** A page in a chunk of its own, loaded when it is first opened. */
export function page(load: () => Promise<FunctionComponent>): FunctionComponent {
  return lazy(async () => ({ default: await load() }));
}
