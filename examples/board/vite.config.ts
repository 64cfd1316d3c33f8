/** The pages; everything that is not a page goes to the Express server. */

import { mizan } from '@mizan/codegen/vite'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import react from '@vitejs/plugin-react'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const api = `http://127.0.0.1:${process.env['API_PORT'] ?? 3000}`

export default defineConfig({
  plugins: [mizan(), react(), vue(), svelte({ configFile: false })],
  resolve: { conditions: ['@mizan/source', 'module', 'browser', 'development|production'] },
  server: {
    port: Number(process.env['PORT'] ?? 5173),
    strictPort: true,
    // The development database lives there: thousands of files that no page depends on.
    watch: { ignored: ['**/.mizan/**'] },
    proxy: {
      '/api': { target: api, ws: true },
      '/p/': api,
      '/webhooks': api,
      '/attachments/': api,
      '/with/': api,
      '/library/': api,
    },
  },
  build: {
    rolldownOptions: { input: ['index.html', 'vue.html', 'svelte.html'] },
    outDir: 'dist/web',
    manifest: true,
  },
})
