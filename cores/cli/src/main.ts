/** The `mizan` command: finds the verb, runs it, turns failures into words and exit codes. */

import { type Command, type CommandGroup, isGroup, parseArguments } from './command.ts'
import { db } from './commands/db.ts'
import { dev } from './commands/dev.ts'
import { generate } from './commands/generate.ts'
import { inspect } from './commands/inspect.ts'
import { manifest } from './commands/manifest.ts'
import { exitCodes, UsageFailure, wordsFor } from './failure.ts'
import { commandHelp, groupHelp } from './help.ts'
import { createTerminal, type Terminal } from './terminal.ts'

const mizan: CommandGroup = {
  name: 'mizan',
  summary: 'Declare data and server functions once; everything in between is derived.',
  commands: [generate, dev, manifest, inspect, db],
}

/** Where a command runs. */
export interface MainOptions {
  /** @default the working folder */
  readonly folder?: string
  /** @default the terminal of this process */
  readonly terminal?: Terminal
}

/**
 * Runs one command line.
 *
 * @param words What follows `mizan`.
 * @returns the exit code: 0 ok, 1 a problem in the project, 2 wrong use
 */
export async function main(words: readonly string[], options: MainOptions = {}): Promise<number> {
  const { folder = process.cwd(), terminal = createTerminal() } = options
  try {
    return await dispatch(mizan, 'mizan', words, { folder, terminal })
  } catch (error) {
    terminal.complain(wordsFor(error).replace(/^mizan /, ''))
    return error instanceof UsageFailure ? exitCodes.usage : exitCodes.problem
  }
}

async function dispatch(
  group: CommandGroup,
  path: string,
  words: readonly string[],
  place: Required<MainOptions>,
): Promise<number> {
  const [name, ...rest] = words
  if (name === '--help' || name === '-h') {
    place.terminal.print(groupHelp(group, path))
    return exitCodes.ok
  }
  if (name === undefined) {
    place.terminal.complain(groupHelp(group, path))
    return exitCodes.usage
  }
  const command = group.commands.find((candidate) => candidate.name === name)
  if (command === undefined) {
    const known = group.commands.map((candidate) => candidate.name).join(', ')
    throw new UsageFailure(`${path} has no command "${name.slice(0, 40)}"; there are ${known}`)
  }
  const own = `${path} ${name}`
  return isGroup(command) ? dispatch(command, own, rest, place) : run(command, own, rest, place)
}

async function run(
  command: Command,
  path: string,
  words: readonly string[],
  { folder, terminal }: Required<MainOptions>,
): Promise<number> {
  const { wantsHelp, positionals, values, rest } = parseArguments(command, path, words)
  if (wantsHelp) {
    terminal.print(commandHelp(command, path))
    return exitCodes.ok
  }
  return command.run({
    folder,
    terminal,
    positionals,
    rest,
    flag: (name) => values[name] === true,
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
  })
}
