/** What `mizan generate` reads and writes. */

import { defineConfig } from '@mizan/cli'

export default defineConfig({
  functions: ['src/server/landing.ts'],
  out: 'mizan',
  targets: ['vue', 'svelte', 'forms'],
})
