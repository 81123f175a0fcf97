import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [preact()],
  build: { outDir: '../../dist/web', emptyOutDir: true },
  // For work on the page beside a running gateway: npx vite dashboards/web
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
