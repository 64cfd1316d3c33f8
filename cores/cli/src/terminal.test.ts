import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { StoppedFailure } from './failure.ts'
import { createTerminal, hasColours, type TerminalStreams } from './terminal.ts'

afterEach(() => void vi.unstubAllEnvs())

test.for<readonly [boolean, Readonly<Record<string, string>>, boolean]>([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
])('on a terminal: %s, with %j: %s', ([isTTY, environment, expected]) => {
  for (const name of ['NO_COLOR', 'FORCE_COLOR', 'TERM']) vi.stubEnv(name, environment[name] ?? '')
  expect(hasColours({ isTTY } as NodeJS.WriteStream)).toBe(expected) // cast: all that is asked
})

/** Streams of a terminal that somebody sits at, 20 columns wide. */
function streams(isTTY: boolean) {
  const make = (): PassThrough =>
    Object.assign(new PassThrough().setEncoding('utf8'), {
      isTTY,
      columns: 20,
      setRawMode: () => undefined,
    })
  const all = { stdin: make(), stdout: make(), stderr: make() }
  return { ...all, given: all as unknown as TerminalStreams } // cast: all that is asked of them
}

describe('a line of progress', () => {
  test('is replaced by the next one, never breaks, and is gone before anything else is said', () => {
    vi.stubEnv('NO_COLOR', '1')
    const { given, stderr } = streams(true)
    const terminal = createTerminal(given)
    terminal.progress?.('10 rows')
    terminal.progress?.('20 rows and much more of it')
    terminal.say('done')
    expect(stderr.read()).toBe('mizan 10 rows\r\u001b[Kmizan 20 rows and m\r\u001b[Kmizan done\n')
  })

  test('is not there where it could not be taken back', () => {
    expect(createTerminal(streams(false).given).progress).toBeUndefined()
    vi.stubEnv('TERM', 'dumb')
    expect(createTerminal(streams(true).given).progress).toBeUndefined()
  })
})

describe('a question', () => {
  test('is answered by a line', async () => {
    vi.stubEnv('CI', '')
    vi.stubEnv('NO_COLOR', '1')
    const { given, stdin, stderr } = streams(true)
    const answer = createTerminal(given).ask?.('Renamed?')
    stdin.write(' yes \r')
    expect(await answer).toBe('yes')
    expect(stderr.read()).toContain('mizan Renamed? ')
  })

  test.for([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ] as const)('%s is no answer', async ([, key]) => {
    vi.stubEnv('CI', '')
    const { given, stdin } = streams(true)
    const answer = createTerminal(given).ask?.('Renamed?')
    stdin.write(key)
    await expect(answer).rejects.toThrow(StoppedFailure)
  })

  test('is never asked in CI, nor of a pipe', () => {
    vi.stubEnv('CI', 'true')
    expect(createTerminal(streams(true).given).ask).toBeUndefined()
    vi.stubEnv('CI', '')
    expect(createTerminal(streams(false).given).ask).toBeUndefined()
  })
})
