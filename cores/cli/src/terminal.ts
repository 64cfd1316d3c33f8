/** Where commands write: results to the output, everything said about them to the error stream. */

import { styleText } from 'node:util'

/** What a command may do with the terminal. */
export interface Terminal {
  /** A line of the result, for people and for pipes. */
  print(text: string): void
  /** A line about what happens. */
  say(text: string): void
  /** A problem. */
  complain(text: string): void
  /** Text that is less important. */
  dim(text: string): string
}

/** The terminal of this process; colours only where somebody sees them. */
export function createTerminal(): Terminal {
  // Whoever reads may have read enough: `mizan inspect task | head -1`.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  const styled = (style: 'red' | 'dim' | 'bold', text: string): string =>
    hasColours(process.stderr) ? styleText(style, text, { validateStream: false }) : text
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => void process.stderr.write(`${styled('dim', 'mizan')} ${text}\n`),
    complain: (text) => void process.stderr.write(`${styled('red', 'mizan')} ${text}\n`),
    dim: (text) => styled('dim', text),
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/**
 * Colours are for a terminal; `FORCE_COLOR` asks for them elsewhere (`0` for none at all), `NO_COLOR` for none.
 *
 * @see https://no-color.org
 */
export function hasColours(stream: NodeJS.WriteStream): boolean {
  const { FORCE_COLOR: force = '', NO_COLOR: none = '', TERM: terminal } = process.env
  if (force !== '') return force !== '0' && force !== 'false'
  return stream.isTTY && none === '' && terminal !== 'dumb'
}
