/** Builds for production whatever NODE_ENV the caller has: under a test runner Vite would bundle React's slow build. */
process.env.NODE_ENV = 'production';
const { build } = await import('vite');
await build({ mode: 'production' });
