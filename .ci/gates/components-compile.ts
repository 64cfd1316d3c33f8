/** Components of Vue and Svelte are code too, with types that only their own checkers see. */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { run } from '../run-command.ts'
import type { Gate } from './gate.ts'

/** Fails where a template or a script of a component has an error of types. */
export const componentsCompile: Gate = {
  claim: 'components of Vue and Svelte compile',
  async check(root) {
    const errors = await Promise.all([
      vueErrors(join(root, 'examples/board-vue')),
      svelteErrors(join(root, 'examples/board-svelte')),
      svelteKitErrors(join(root, 'examples/board-sveltekit')),
    ])
    return errors.flat()
  },
}

/** Both checkers need TypeScript as a library, which 7 is not: their packages have 6. */
async function vueErrors(folder: string): Promise<string[]> {
  const require = createRequire(join(folder, 'package.json'))
  const tsc = require.resolve('typescript/lib/tsc')
  const check = `require(${JSON.stringify(require.resolve('vue-tsc'))}).run(${JSON.stringify(tsc)})`
  const args = ['-e', check, '--', '--noEmit', '-p', 'tsconfig.json', '--pretty', 'false']
  return linesOf(await run(process.execPath, args, { cwd: folder }), /error TS\d+/)
}

async function svelteErrors(folder: string): Promise<string[]> {
  const command = join(folder, 'node_modules/svelte-check/bin/svelte-check')
  const args = [command, '--tsconfig', 'tsconfig.json', '--output', 'machine', '--fail-on-warnings']
  return linesOf(await run(process.execPath, args, { cwd: folder }), / (ERROR|WARNING) "/)
}

/** SvelteKit writes the types of its routes first; what is no component is checked here too. */
async function svelteKitErrors(folder: string): Promise<string[]> {
  const command = join(folder, 'node_modules/@sveltejs/kit/svelte-kit.js')
  const { code, output } = await run(process.execPath, [command, 'sync'], { cwd: folder })
  return code === 0 ? svelteErrors(folder) : [output.trim()]
}

/** What the checker found; all that it said, when it failed in another way. */
function linesOf(
  { code, output }: { readonly code: number; readonly output: string },
  finding: RegExp,
): string[] {
  const found = output.split('\n').filter((line) => finding.test(line))
  return code !== 0 && found.length === 0 ? [output.trim()] : found
}
