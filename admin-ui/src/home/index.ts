import { page } from '../layout/page';

export const home = page(async () => (await import('./Home')).Home);
