/** `mizan generate`: writes the generated files, checks them, or keeps them current. */

import type { GenerateResult, Generator } from '@mizan/codegen'
import type { Command } from '../command.ts'
import { exitCodes, UsageFailure } from '../failure.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'
import { openGenerator, problemLines } from '../open-generator.ts'
import { listenForEnd } from '../signals.ts'
import type { Terminal } from '../terminal.ts'
import { watchSources } from '../watch-sources.ts'

export const generate: Command = {
  name: 'generate',
  summary: 'Write the typed clients and the registry of server functions',
  usage: '[--check | --watch]',
  positionals: [],
  options: {
    check: { type: 'boolean', summary: 'Write nothing; fail when generated files are stale' },
    watch: { type: 'boolean', summary: 'Stay, and generate after every edit' },
  },
  async run({ folder, terminal, flag }) {
    if (flag('check') && flag('watch'))
      throw new UsageFailure('mizan generate takes --check or --watch, not both')
    const loaded = await loadConfig(folder)
    const generator = await openGenerator(loaded)
    if (flag('check')) return check(await generator.check(), terminal)
    const run = { loaded, generator, terminal }
    if (!flag('watch')) return generateOnce(run)
    await watch(run)
    return exitCodes.ok
  },
}

/** What a run was. */
export interface RunFacts {
  /** The globs that were asked for. */
  readonly functions: readonly string[]
  readonly milliseconds: number
}

/** Says what a run found or did. */
export async function report(
  result: GenerateResult,
  { functions: globs, milliseconds }: RunFacts,
  terminal: Terminal,
): Promise<void> {
  for (const line of await problemLines(result.problems)) terminal.complain(line)
  if (result.problems.length > 0) {
    terminal.complain(`${count(result.problems.length, 'problem')}; nothing was written`)
    return
  }
  const found = Object.keys(result.artifact?.functions ?? {}).length
  // A glob with a slip of the pen matches nothing, and that is no error.
  const functions = `${count(found, 'function')}${found === 0 ? ` in ${globs.join(', ')}` : ''}`
  const files =
    result.changed.length === 0 ? 'nothing changed' : `wrote ${result.changed.join(', ')}`
  terminal.say(`${functions}, ${files} ${terminal.dim(`(${Math.round(milliseconds)} ms)`)}`)
}

interface Run {
  readonly loaded: LoadedConfig
  readonly generator: Generator
  readonly terminal: Terminal
}

async function generateOnce(
  { loaded, generator, terminal }: Run,
  paths: readonly string[] = [],
): Promise<number> {
  const start = performance.now()
  const result = await generator.generate(paths)
  const { functions } = loaded.config
  await report(result, { functions, milliseconds: performance.now() - start }, terminal)
  return result.problems.length > 0 ? exitCodes.problem : exitCodes.ok
}

async function check(result: GenerateResult, terminal: Terminal): Promise<number> {
  for (const line of await problemLines(result.problems)) terminal.complain(line)
  for (const file of result.changed) terminal.complain(`${file} is stale; run mizan generate`)
  const fine = result.problems.length + result.changed.length === 0
  if (fine) terminal.say('generated files are current')
  return fine ? exitCodes.ok : exitCodes.problem
}

/** @returns never, but by a signal */
async function watch(run: Run): Promise<void> {
  const { loaded, generator, terminal } = run
  using end = listenForEnd()
  await using watcher = watchSources(loaded, {
    generator,
    terminal,
    async onEdit(paths) {
      await generateOnce(run, paths)
      watcher.follow(generator.sources())
    },
  })
  await generateOnce(run)
  watcher.follow(generator.sources())
  terminal.say('watching for edits; Ctrl-C ends')
  await end.first
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
