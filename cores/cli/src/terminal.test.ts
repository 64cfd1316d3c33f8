import { afterEach, expect, test, vi } from 'vitest'
import { hasColours } from './terminal.ts'

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
