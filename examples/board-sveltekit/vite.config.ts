/** The application; what is not its own goes to the board's server. */

import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

/** Where a test has it built. */
const folder = process.env['BUILD_FOLDER']

const board = process.env['BOARD_ORIGIN'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ out: folder ? `${folder}/app` : 'dist', precompress: false }),
      outDir: folder ? `${folder}/kit` : '.svelte-kit',
      // The board's own pages have the paths above it.
      paths: { base: '/kit' },
    }),
  ],
  resolve: {
    conditions: ['@mizan/source', 'module', 'browser', 'development|production'],
    // The workspace has SvelteKit twice, and what one throws the other would not know.
    dedupe: ['@sveltejs/kit', 'svelte'],
  },
  ssr: {
    noExternal: [/^@mizan\//],
    resolve: { conditions: ['@mizan/source', 'module', 'node', 'development|production'] },
  },
  server: {
    port: Number(process.env['PORT'] ?? 5173),
    strictPort: true,
    proxy: { '/api': { target: board, ws: true } },
  },
})
