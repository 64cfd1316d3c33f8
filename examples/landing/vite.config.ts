/** Two builds: the scripts of both pages for the browser, and with `--ssr` the worker, which leaves packages where they are. */

import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [vue(), svelte({ configFile: false })],
  resolve: {
    conditions: [
      '@mizan/source',
      'module',
      ...(isSsrBuild ? [] : ['browser']),
      'development|production',
    ],
  },
  build: {
    outDir: 'dist/client',
    rolldownOptions: isSsrBuild
      ? { external: /^(@mizan|vue|svelte)(\/|$)/ }
      : {
          input: {
            vue: 'src/vue/client.ts',
            svelte: 'src/svelte/client.ts',
            landing: 'src/landing.css',
          },
          output: {
            entryFileNames: '[name].js',
            chunkFileNames: '[name].js',
            assetFileNames: '[name][extname]',
          },
        },
  },
}))
