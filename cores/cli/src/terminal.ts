/** Where commands write: results to the output, everything said about them to the error stream. */

import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'
import { StoppedFailure } from './failure.ts'

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
  /** A line that the next one takes the place of; absent where no line can. */
  readonly progress?: (text: string) => void
  /**
   * Asks whoever sits there; absent where nobody does: in CI, in a pipe, and with `--json`.
   *
   * @throws StoppedFailure after Ctrl-C, or when the input ends
   */
  readonly ask?: (question: string) => Promise<string>
}

/** What a terminal reads from and writes to. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** The terminal of this process; colours, progress and questions only where somebody sees them. */
export function createTerminal(streams: TerminalStreams = process): Terminal {
  const { stdin, stdout, stderr } = streams
  // Whoever reads may have read enough: `mizan inspect task | head -1`.
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe)
  const styled = (style: 'red' | 'dim' | 'bold', text: string): string =>
    hasColours(stderr) ? styleText(style, text, { validateStream: false }) : text
  let isLive = false
  const clear = (): void => {
    if (isLive) stderr.write('\r\u001b[K')
    isLive = false
  }
  const line = (mark: string, text: string): void => {
    clear()
    stderr.write(`${mark} ${text}\n`)
  }
  const progress = (text: string): void => {
    clear()
    // A line that breaks could not be taken back.
    stderr.write(`mizan ${text}`.slice(0, Math.max(0, stderr.columns - 1)))
    isLive = true
  }
  return {
    print(text) {
      clear()
      stdout.write(`${text}\n`)
    },
    say: (text) => line(styled('dim', 'mizan'), text),
    complain: (text) => line(styled('red', 'mizan'), text),
    dim: (text) => styled('dim', text),
    ...(stderr.isTTY && !isDumb() ? { progress } : {}),
    ...(stdin.isTTY && stderr.isTTY && !isCI()
      ? {
          ask(question) {
            clear()
            return askOn(streams, `${styled('bold', 'mizan')} ${question} `)
          },
        }
      : {}),
  }
}

async function askOn({ stdin, stderr }: TerminalStreams, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: true })
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = (): void => reject(new StoppedFailure('stopped; nothing was written'))
      lines.once('SIGINT', stop)
      lines.once('close', stop)
      void lines.question(question).then((answer) => resolve(answer.trim()), stop)
    })
  } finally {
    lines.close()
  }
}

/** Services that run builds set it. */
function isCI(): boolean {
  const value = process.env['CI'] ?? ''
  return value !== '' && value !== 'false' && value !== '0'
}

function isDumb(): boolean {
  return process.env['TERM'] === 'dumb'
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
