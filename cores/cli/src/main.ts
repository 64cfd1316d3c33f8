/** The `mizan` command: finds the verb, runs it, turns failures into words and exit codes. */

import { type Answer, answerOf, failureOf, type GivenAnswer } from './answer.ts'
import {
  type Command,
  type CommandGroup,
  type Invocation,
  isGroup,
  parseArguments,
} from './command.ts'
import { conformance } from './commands/conformance.ts'
import { db } from './commands/db.ts'
import { dev } from './commands/dev.ts'
import { mcp, openapi, schema } from './commands/documents.ts'
import { generate } from './commands/generate.ts'
import { init } from './commands/init.ts'
import { inspect } from './commands/inspect.ts'
import { manifest } from './commands/manifest.ts'
import { psr } from './commands/psr.ts'
import { exitCodes, UsageFailure, wordsFor } from './failure.ts'
import { commandHelp, groupHelp } from './help.ts'
import { createTerminal, type Terminal } from './terminal.ts'

const mizan: CommandGroup = {
  name: 'mizan',
  summary: 'Declare data and server functions once; everything in between is derived.',
  commands: [init, generate, dev, manifest, openapi, schema, mcp, inspect, conformance, psr, db],
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
 * @returns the exit code: 0 ok, 1 a problem in the project, 2 wrong use, 130 stopped by Ctrl-C
 */
export async function main(words: readonly string[], options: MainOptions = {}): Promise<number> {
  const { folder = process.cwd(), terminal = createTerminal() } = options
  try {
    return await dispatch(mizan, 'mizan', words, { folder, terminal })
  } catch (error) {
    const failure = failureOf(verbOf(words), error)
    if (wantsJson(words)) printAnswer(terminal, failure)
    else terminal.complain(wordsFor(error).replace(/^mizan /, ''))
    return failure.code
  }
}

/** What follows `--` belongs to another program. */
function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).includes('--json')
}

/** The words before the first option that name a command: `db migrate status`. */
function verbOf(words: readonly string[]): string {
  let group: CommandGroup | undefined = mizan
  const path: string[] = []
  for (const word of words) {
    const found: Command | CommandGroup | undefined = group?.commands.find(
      ({ name }) => name === word,
    )
    if (found === undefined) break
    path.push(word)
    group = isGroup(found) ? found : undefined
  }
  return path.join(' ')
}

function printAnswer(terminal: Terminal, answer: Answer): void {
  terminal.print(JSON.stringify(answer))
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
  const invocation = (own: Terminal, answer: Invocation['answer']): Invocation => ({
    folder,
    terminal: own,
    positionals,
    rest,
    flag: (name) => values[name] === true,
    text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
    texts: (name) => textsOf(values[name]),
    answer,
  })
  return values['json'] === true
    ? runForMachines(command, path.replace(/^mizan /, ''), { terminal, invocation })
    : command.run(invocation(terminal, (given) => tell(given, terminal)))
}

function tell({ text, failure }: GivenAnswer, terminal: Terminal): number {
  if (text !== undefined) terminal.print(text)
  if (failure === undefined) return exitCodes.ok
  terminal.complain(failure)
  return exitCodes.problem
}

function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((text) => String(text).split(',')).filter((text) => text !== '')
}

interface MachineRun {
  readonly terminal: Terminal
  invocation(terminal: Terminal, answer: Invocation['answer']): Invocation
}

/** Nothing but answers reaches the output. */
async function runForMachines(
  command: Command,
  verb: string,
  { terminal, invocation }: MachineRun,
): Promise<number> {
  const output: string[] = []
  let hasAnswered = false
  // Nobody is asked, and no line takes another's place.
  const { ask: _ask, progress: _progress, ...plain } = terminal
  const quiet: Terminal = { ...plain, print: (text) => void output.push(text) }
  const code = await command.run(
    invocation(quiet, (given) => {
      hasAnswered = true
      const answer = answerOf(verb, given)
      printAnswer(terminal, answer)
      return answer.code
    }),
  )
  if (!hasAnswered)
    printAnswer(terminal, { ok: code === 0, command: verb, code, output, problems: [] })
  return code
}
