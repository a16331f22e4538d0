import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

/** `API_URL` names the API that the development and preview servers pass calls on to. */
export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, '.', '');
  const target = env['API_URL'] ?? 'http://127.0.0.1:3000';
  const port = Number(env['ADMIN_UI_PORT'] ?? '5173');
  const host = env['ADMIN_UI_HOST'] ?? '127.0.0.1';
  const proxy = { '/admin/v1': { target }, '/public/v1': { target }, '/dev/': { target } };
  return {
    base: './',
    plugins: [react()],
    server: { host, port, strictPort: true, proxy },
    preview: { host, port, strictPort: true, proxy },
    build: { target: 'es2022', sourcemap: true, chunkSizeWarningLimit: 1200 },
  };
});
