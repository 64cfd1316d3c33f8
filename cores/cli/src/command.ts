/** What a command is: its help, its options, and what it does. */

import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { GivenAnswer } from './answer.ts'
import { UsageFailure } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** One option of a command. */
export interface CommandOption {
  readonly type: 'boolean' | 'string'
  /** May be given several times, and takes several values with commas between; strings only. */
  readonly multiple?: true
  /** What stands for the value in the help; strings only. */
  readonly placeholder?: string
  readonly summary: string
}

/** What a command is given. */
export interface Invocation {
  readonly folder: string
  readonly terminal: Terminal
  readonly positionals: readonly string[]
  flag(name: string): boolean
  text(name: string): string | undefined
  /** The values of an option that may be given several times; none without it. */
  texts(name: string): readonly string[]
  /**
   * Gives the result: to people as text, to machines as a line of JSON.
   *
   * @returns the exit code
   */
  answer(given: GivenAnswer): number
  /** What follows `--`. */
  readonly rest: readonly string[]
}

/** One verb of `mizan`. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** What follows the name in the usage line. */
  readonly usage: string
  /** Names of the positional arguments; all are required. */
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, CommandOption>>
  /** Takes a command line after `--`. */
  readonly takesCommand?: true
  /** @returns the exit code */
  run(invocation: Invocation): Promise<number>
}

/** A verb with verbs of its own: `mizan db migrate latest`. */
export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly commands: readonly (Command | CommandGroup)[]
}

export function isGroup(command: Command | CommandGroup): command is CommandGroup {
  return 'commands' in command
}

/** The words after a command as its options. */
export interface ParsedArguments {
  readonly wantsHelp: boolean
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, unknown>>
  readonly rest: readonly string[]
}

/**
 * Parses the words after a command's name.
 *
 * @throws UsageFailure for options that the command does not have, and missing or superfluous arguments.
 */
export function parseArguments(
  command: Command,
  path: string,
  words: readonly string[],
): ParsedArguments {
  const end = words.indexOf('--')
  const own = end < 0 ? words : words.slice(0, end)
  const rest = end < 0 ? [] : words.slice(end + 1)
  const options: NonNullable<ParseArgsConfig['options']> = {
    help: { type: 'boolean', short: 'h' },
    json: { type: 'boolean' },
  }
  for (const [name, { type, multiple = false }] of Object.entries(command.options))
    options[name] = { type, multiple }
  const { values, positionals } = parse(
    { args: [...own], options, allowPositionals: true, strict: true },
    path,
  )
  const wantsHelp = values['help'] === true
  if (!wantsHelp) checkCounts(command, path, { positionals, hasCommand: rest.length > 0 })
  return { wantsHelp, positionals, values, rest }
}

function parse(config: ParseArgsConfig, path: string): ReturnType<typeof parseArgs> {
  try {
    return parseArgs(config)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const reason = error.message.split(/\. |\n/)[0] ?? error.message
    throw new UsageFailure(`${path}: ${reason}. See ${path} --help`)
  }
}

interface Given {
  readonly positionals: readonly string[]
  readonly hasCommand: boolean
}

function checkCounts(command: Command, path: string, { positionals, hasCommand }: Given): void {
  const missing = command.positionals[positionals.length]
  if (missing !== undefined) {
    throw new UsageFailure(`${path} needs <${missing}>. See ${path} --help`)
  }
  const surplus = positionals[command.positionals.length]
  if (surplus !== undefined) {
    throw new UsageFailure(
      `${path} takes no "${surplus.slice(0, 40)}"${command.takesCommand ? '; put the command after --' : ''}. See ${path} --help`,
    )
  }
  if (command.takesCommand && !hasCommand) {
    throw new UsageFailure(`${path} needs a command to run: ${path} -- node server.js`)
  }
  if (!command.takesCommand && hasCommand) {
    throw new UsageFailure(`${path} takes nothing after --. See ${path} --help`)
  }
}
