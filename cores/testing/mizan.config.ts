/** Where the functions of the fixture application stand. */

import { defineConfig } from '@mizan/cli'

export default defineConfig({
  functions: ['src/fixture/*.ts'],
  out: 'src/fixture/mizan',
})
