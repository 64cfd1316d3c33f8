/** What `mizan generate` reads and writes, and where the database's schema stands. */

import { defineConfig } from '@mizan/cli'

export default defineConfig({
  functions: ['src/server/**/*.ts'],
  out: 'mizan',
  targets: ['react', 'vue', 'svelte', 'forms'],
  db: { schema: 'src/db/schema.ts', dialect: 'postgres', migrations: 'migrations' },
})
