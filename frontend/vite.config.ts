import react from '@vitejs/plugin-react';
import pxToRem from 'postcss-pxtorem';
import { defineConfig } from 'vite';

/** The web server of the back end during development. */
const API_ORIGIN = process.env['LABELAPP_API_ORIGIN'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react()],
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
