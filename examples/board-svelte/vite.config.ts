/** Two builds of one page: for the browser, and with `--ssr` for the server, where nothing is left to be resolved. */

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [svelte({ configFile: false })],
  resolve: {
    conditions: [
      '@mizan/source',
      'module',
      ...(isSsrBuild ? [] : ['browser']),
      'development|production',
    ],
  },
  ssr: {
    noExternal: true,
    resolve: { conditions: ['@mizan/source', 'module', 'node', 'development|production'] },
  },
  build: {
    outDir: 'dist/client',
    rolldownOptions: isSsrBuild
      ? {}
      : {
          input: 'src/client.ts',
          output: { entryFileNames: 'client.js', assetFileNames: 'client[extname]' },
        },
  },
}))
