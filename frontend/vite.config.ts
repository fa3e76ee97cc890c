import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import react from '@vitejs/plugin-react';
import pxToRem from 'postcss-pxtorem';
import { defineConfig, type Plugin } from 'vite';

/** The web server of the back end during development. */
const API_ORIGIN = process.env['LABELAPP_API_ORIGIN'] ?? 'http://127.0.0.1:8000';

/**
 * Writes into the page which files the labelling screen consists of: `first-paint.js` has the browser fetch them at once
 * where the address is a clip's, and not only when the first script has run and asks for them.
 */
function namesLabellingFiles(): Plugin {
  return {
    name: 'names-labelling-files',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle }) => {
        const chunk = Object.values(bundle ?? {}).find(
          (item) => item.type === 'chunk' && item.name === 'LabellingPage',
        );
        if (chunk?.type !== 'chunk') return html;
        const files = [chunk.fileName, ...(chunk.viteMetadata?.importedCss ?? [])];
        const content = files.map((file) => `/${file}`).join(' ');
        return {
          html,
          tags: [
            { tag: 'meta', attrs: { name: 'labelling-files', content }, injectTo: 'head-prepend' as const },
          ],
        };
      },
    },
  };
}

/** Puts compressed twins beside what compresses well: the web server sends them to browsers that take them. */
function compresses(): Plugin {
  return {
    name: 'compresses',
    apply: 'build',
    writeBundle: ({ dir = 'dist' }, bundle) => {
      for (const fileName of Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name))) {
        const path = join(dir, fileName);
        const content = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), namesLabellingFiles(), compresses()],
  base: '/',
  // Pixels are written, and everything follows the root's font size: the scale that a person has chosen. Hairlines stay.
  css: { postcss: { plugins: [pxToRem({ propList: ['*'], minPixelValue: 2, exclude: /node_modules/ })] } },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // light-dark() as it is: Mantine sets the colour scheme where the build can't see it.
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    sourcemap: false,
    // Everything comes from our own origin, under a name that changes with its content.
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    // The 3D library is one module of about 700 kB; it is loaded with the labelling screen only.
    chunkSizeWarningLimit: 900,
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/api': { target: API_ORIGIN, changeOrigin: false } },
  },
});
