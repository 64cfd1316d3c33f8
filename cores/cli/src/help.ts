/** What `--help` prints. */

import type { Command, CommandGroup } from './command.ts'
import { isGroup } from './command.ts'

/** The help of a group: its commands, one a line. */
export function groupHelp(group: CommandGroup, path: string): string {
  const rows = leaves(group, path).map(({ command, path: own }) => [
    `${own.replace(/^mizan /, '')} ${command.usage}`.trim(),
    command.summary,
  ])
  return [
    `${group.summary}\n`,
    'Usage: ' + path + ' <command>\n',
    ...table(rows),
    '',
    `${path} <command> --help says more.`,
  ].join('\n')
}

/** The help of a command: its usage and options. */
export function commandHelp(command: Command, path: string): string {
  const rows = Object.entries(command.options).map(([name, option]) => [
    `--${name}${option.type === 'string' ? ` <${option.placeholder ?? 'text'}>` : ''}`,
    option.summary,
  ])
  return [
    `${command.summary}\n`,
    `Usage: ${path} ${command.usage}`.trim(),
    '',
    ...table([
      ...rows,
      ['--json', 'Print one line of JSON instead of text'],
      ['--help', 'Show this'],
    ]),
  ].join('\n')
}

interface Leaf {
  readonly command: Command
  readonly path: string
}

function leaves(group: CommandGroup, path: string): Leaf[] {
  return group.commands.flatMap((command) => {
    const own = `${path} ${command.name}`
    return isGroup(command) ? leaves(command, own) : [{ command, path: own }]
  })
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([left = '']) => left.length))
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`)
}
