/** One test run for the workspace: packages resolve to their sources, tests stand beside the file they are about. */

import { defineConfig } from 'vitest/config'
import { LongestFirst } from './longest-first.ts'
import { SuiteReporter } from './suite-reporter.ts'

export default defineConfig({
  resolve: { conditions: ['@mizan/source', 'module', 'browser', 'development|production'] },
  ssr: {
    resolve: { conditions: ['@mizan/source', 'module', 'node', 'development|production'] },
  },
  oxc: { decorator: { legacy: true } },
  test: {
    include: [
      '{cores,backends,frontends,workers,examples}/*/{src,test}/**/*.test.{ts,tsx}',
      'codegen/src/**/*.test.ts',
      '.ci/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.mizan/**'],
    // A limit is there for what hangs; how long a thing takes is no rule that a test states.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // A test that passes only when it is run again is a bug that the run names; by night it fails.
    retry: process.env.MIZAN_NIGHTLY === undefined ? 1 : 0,
    // A condition that is waited for comes when a busy machine has got round to it.
    expect: { poll: { timeout: 60_000 } },
    server: { deps: { inline: [/@mizan\//] } },
    reporters: [new SuiteReporter()],
  },
})
