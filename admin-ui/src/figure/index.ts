import { page } from '../layout/page';

export const figure = page(async () => (await import('./FigurePage')).FigurePage);
