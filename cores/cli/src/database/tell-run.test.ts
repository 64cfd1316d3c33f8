import { expect, test } from 'vitest'
import { ProjectFailure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { formatDuration, RunTeller } from './tell-run.ts'

interface Screen extends Terminal {
  readonly lines: readonly string[]
  readonly passing: readonly string[]
}

function screen(): Screen {
  const lines: string[] = []
  const passing: string[] = []
  const say = (text: string): void => void lines.push(text.replace(/\([\d.]+ m?s\)/, '(time)'))
  return {
    lines,
    passing,
    print: say,
    say,
    complain: say,
    dim: (text) => text,
    progress: (text) => void passing.push(text),
  }
}

const step = (number: number, more: object = {}) => ({
  id: '2_b',
  step: number,
  steps: 2,
  statement: 'create table b (',
  resumed: false,
  duration: 12,
  ...more,
})

test('a run is told as it goes: what comes, what ran, what had been done, how long', async () => {
  const terminal = screen()
  using teller = new RunTeller(terminal)
  const { onPlan, onMigration, onStep, onProgress } = teller.options
  await teller.around(async () => {
    onPlan({ direction: 'up', migrations: ['1_a', '2_b'], others: 3 })
    onMigration('1_a')
    onStep({ ...step(1, { resumed: true }), id: '1_a', steps: 1 })
    onMigration('2_b')
    onStep(step(1))
    onProgress(500, '2_b, step 2 of 2')
    onProgress(12_000, '2_b, step 2 of 2')
    onStep(step(2, { statement: `update b set ${'x'.repeat(80)}` }))
  })
  expect(terminal.lines).toEqual([
    '2 migrations to apply, 3 applied already',
    '1/2 1_a',
    '    step 1 of 1: had been done (time)',
    '    done (time)',
    '2/2 2_b',
    '    step 1 of 2: create table b (time)',
    `    step 2 of 2, 12,000 rows: update b set ${'x'.repeat(47)}… (time)`,
    '    done (time)',
  ])
  // Rows pass by on one line; only the sum stays.
  expect(terminal.passing).toHaveLength(2)
  expect(terminal.passing[1]).toMatch(/^ {4}2_b, step 2 of 2, 12,000 rows, \d+ ms$/)
  expect(teller.report()).toMatchObject({ done: ['1_a', '2_b'], left: [] })
})

test('of a failure it is told what was done before, and what was not begun', async () => {
  const terminal = screen()
  using teller = new RunTeller(terminal)
  const { onPlan, onMigration, onStep } = teller.options
  const failing = teller.around(() => {
    onPlan({ direction: 'down', migrations: ['3_c', '2_b', '1_a'], others: 0 })
    onMigration('3_c')
    onMigration('2_b')
    onStep(step(-1))
    return Promise.reject(new ProjectFailure('2_b down, step 2 of 2: no'))
  })
  await expect(failing).rejects.toMatchObject({
    message: '2_b down, step 2 of 2: no',
    result: { done: ['3_c'], left: ['2_b', '1_a'] },
  })
  expect(terminal.lines.slice(-2)).toEqual(['took back 1 of 3 migrations', 'did not begin 1_a'])
})

test('a failure before there was a plan is told without one', async () => {
  const terminal = screen()
  using teller = new RunTeller(terminal)
  await expect(
    teller.around(() => Promise.reject(new ProjectFailure('unreachable'))),
  ).rejects.toThrow('unreachable')
  expect(terminal.lines).toEqual([])
})

test.for([
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1250, '1.3 s'],
  [125_000, '2 min 5 s'],
] as const)('%d milliseconds are %s', ([milliseconds, text]) => {
  expect(formatDuration(milliseconds)).toBe(text)
})
