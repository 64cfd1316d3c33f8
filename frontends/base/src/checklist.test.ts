import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

/** The lines of the table that compares, of which the last cell names a test. */
const rows = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8')
  .split('## Compared with TanStack Query v5 and SWR 2')[1]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (behaviour|---) /.test(line))
  .map((line) => line.split(' | '))

it.each(rows?.map((cells) => [cells[0], ...cells.slice(1)]) ?? [])(
  '%s: what the README says is shown by a test, or it says why not',
  (_behaviour, here, cell) => {
    const [, file, title] =
      /^(?:`([^`]+)`(?:: "(.+)")?|–) \|$/.exec(cell ?? '') ?? expect.fail(cell)
    if (file === undefined) return expect(here).toMatch(/^no: /)
    const path = resolve(import.meta.dirname, file)
    expect(existsSync(path)).toBe(true)
    expect(readFileSync(path, 'utf8')).toContain(title ?? '')
  },
)
