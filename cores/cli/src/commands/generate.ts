/** `mizan generate`: writes the generated files, checks them, or keeps them current. */

import { relative, resolve } from 'node:path'
import type { GenerateResult, Generator } from '@mizan/codegen'
import type { Command, Invocation } from '../command.ts'
import { clientTargets, isTarget } from '../config.ts'
import { exitCodes, UsageFailure } from '../failure.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'
import { openGenerator, problemLines } from '../open-generator.ts'
import { listenForEnd } from '../signals.ts'
import type { Terminal } from '../terminal.ts'
import { watchSources } from '../watch-sources.ts'

export const generate: Command = {
  name: 'generate',
  summary: 'Write the typed clients and the registry of server functions',
  usage: '[--check | --watch] [--target <name>] [--out <folder>]',
  positionals: [],
  options: {
    check: { type: 'boolean', summary: 'Write nothing; fail when generated files are stale' },
    watch: { type: 'boolean', summary: 'Stay, and generate after every edit' },
    target: {
      type: 'string',
      multiple: true,
      placeholder: 'react|vue|svelte|…',
      summary: 'For these, instead of the configured targets',
    },
    out: { type: 'string', placeholder: 'folder', summary: 'Into this folder instead' },
  },
  async run(invocation) {
    const { folder, terminal, flag } = invocation
    if (flag('check') && flag('watch'))
      throw new UsageFailure('mizan generate takes --check or --watch, not both')
    const loaded = withOptions(await loadConfig(folder), invocation)
    const run = { loaded, generator: await openGenerator(loaded), terminal, invocation }
    if (flag('check')) return check(run)
    if (!flag('watch')) return generateOnce(run)
    await watch(run)
    return exitCodes.ok
  },
}

/** The configuration as the command line changes it. */
function withOptions(loaded: LoadedConfig, { folder, text, texts }: Invocation): LoadedConfig {
  const out = text('out')
  const chosen = texts('target')
  const unknown = chosen.find((target) => !isTarget(target))
  if (unknown !== undefined)
    throw new UsageFailure(
      `mizan generate has no target "${unknown.slice(0, 40)}"; there are ${clientTargets.join(', ')}`,
    )
  if (out === '') throw new UsageFailure('mizan generate needs a folder after --out')
  return {
    ...loaded,
    config: {
      ...loaded.config,
      ...(out === undefined ? {} : { out: relative(loaded.root, resolve(folder, out)) || '.' }),
      ...(chosen.length === 0 ? {} : { targets: chosen.filter(isTarget) }),
    },
  }
}

/** What a run was. */
export interface RunFacts {
  /** The globs that were asked for. */
  readonly functions: readonly string[]
  readonly milliseconds: number
}

/**
 * Says what a run found or did.
 *
 * @returns why it failed, in a line; undefined when it did not
 */
export async function report(
  result: GenerateResult,
  { functions: globs, milliseconds }: RunFacts,
  terminal: Terminal,
): Promise<string | undefined> {
  for (const line of await problemLines(result.problems)) terminal.complain(line)
  if (result.problems.length > 0)
    return `${count(result.problems.length, 'problem')}; nothing was written`
  const found = Object.keys(result.artifact?.functions ?? {}).length
  // A glob with a slip of the pen matches nothing, and that is no error.
  const functions = `${count(found, 'function')}${found === 0 ? ` in ${globs.join(', ')}` : ''}`
  const files =
    result.changed.length === 0 ? 'nothing changed' : `wrote ${result.changed.join(', ')}`
  terminal.say(`${functions}, ${files} ${terminal.dim(`(${Math.round(milliseconds)} ms)`)}`)
  return undefined
}

interface Run {
  readonly loaded: LoadedConfig
  readonly generator: Generator
  readonly terminal: Terminal
  readonly invocation: Invocation
}

async function generateOnce(run: Run, paths: readonly string[] = []): Promise<number> {
  const { loaded, generator, terminal, invocation } = run
  const start = performance.now()
  const result = await generator.generate(paths)
  const milliseconds = performance.now() - start
  const facts = { functions: loaded.config.functions, milliseconds }
  const failure = await report(result, facts, terminal)
  const { problems, changed, artifact } = result
  const functions = Object.keys(artifact?.functions ?? {}).length
  return invocation.answer({
    result: { functions, changed, milliseconds: Math.round(milliseconds) },
    problems,
    failure,
  })
}

async function check({ generator, terminal, invocation }: Run): Promise<number> {
  const { problems, changed } = await generator.check()
  for (const line of await problemLines(problems)) terminal.complain(line)
  for (const file of changed) terminal.complain(`${file} is stale`)
  const failure = staleness(problems.length, changed)
  if (failure === undefined) terminal.say('generated files are current')
  return invocation.answer({ result: { stale: changed }, problems, failure })
}

function staleness(problems: number, changed: readonly string[]): string | undefined {
  if (problems > 0) return `${count(problems, 'problem')} in the source`
  if (changed.length === 0) return undefined
  const files = count(changed.length, 'generated file')
  return `${files} ${changed.length === 1 ? 'is' : 'are'} stale; run mizan generate`
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
  await generator.warm()
  await end.first
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
