/** Starts a process that migrates, and may kill itself while it does. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** A module, and its export that makes a dialect of `{ url }`. */
export interface RunnerModule {
  /** `import.meta.url` of the module, or what it resolves to. */
  readonly module: string
  readonly name: string
}

/** One run. */
export interface RunnerOptions {
  readonly url: string
  readonly migrations: string
  readonly direction: 'up' | 'down'
  /** The statement after which the process is killed; 0 for none. */
  readonly place: number
}

/** How it ended. */
export interface RunnerEnd {
  readonly signal: string | null
  /** Ids that were applied or taken back, as JSON. */
  readonly output: string
  readonly errors: string
}

/** Resolves when the process is gone. */
export async function startRunner(
  { module, name }: RunnerModule,
  { url, migrations, direction, place }: RunnerOptions,
): Promise<RunnerEnd> {
  const script = fileURLToPath(new URL('./runner.conformance.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    [
      ...['--conditions=@mizan/source', '--import', 'tsx', script],
      ...[module, name, url, migrations, direction, String(place)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '--no-warnings' } },
  )
  const [output, errors, [, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null, string | null]>, // cast: as node:child_process says
  ])
  return { signal, output, errors }
}
