import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

const OUT = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** Writes a compressed copy beside each text file for the gateway to serve, instead of compressing per request. */
const compressed: Plugin = {
  name: 'compressed',
  closeBundle() {
    for (const { name, parentPath } of readdirSync(OUT, { recursive: true, withFileTypes: true })) {
      if (!/\.(js|css|html|svg)$/.test(name)) continue;
      const content = readFileSync(join(parentPath, name));
      writeFileSync(join(parentPath, `${name}.br`), brotliCompressSync(content));
      writeFileSync(join(parentPath, `${name}.gz`), gzipSync(content, { level: 9 }));
    }
  },
};

export default defineConfig({
  plugins: [preact(), compressed],
  build: { outDir: OUT, emptyOutDir: true },
  // For developing the page with a running gateway: npx vite dashboards/web
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
