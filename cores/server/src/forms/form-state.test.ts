import { expect, test } from 'vitest'
import { createFormStates, type FormFacts, toFormState } from './form-state.ts'

const secret = 'a secret of the app that has 32 bytes'
const facts: FormFacts = {
  fn: 'create_task',
  code: 'VALIDATION_FAILED',
  message: 'count: must be an integer',
  issues: [{ path: 'lines.0.count', message: 'must be an integer', expected: 'integer' }],
  page: '/tasks/new/',
  values: [
    ['title', 'Buy'],
    ['tags', 'a'],
    ['tags', 'b'],
  ],
}

test('every process of the app reads what one has sealed, and no other app does', () => {
  const sealed = createFormStates(secret).seal(facts)
  expect(createFormStates(secret).open(sealed)).toMatchObject({
    fn: 'create_task',
    code: facts.code,
  })
  expect(createFormStates(`${secret}!`).open(sealed)).toBeUndefined()
  expect(createFormStates(undefined).open(sealed)).toBeUndefined()
  expect(Buffer.from(sealed, 'base64url').includes('create_task')).toBe(false)
})

test('what was changed on its way is nothing', () => {
  const states = createFormStates(secret)
  const sealed = states.seal(facts)
  for (let at = 0; at < sealed.length; at += 7) {
    const other = sealed[at] === 'A' ? 'B' : 'A'
    expect(states.open(sealed.slice(0, at) + other + sealed.slice(at + 1))).toBeUndefined()
  }
  for (const text of ['', 'x', sealed.slice(0, 30), `${sealed}AAAA`])
    expect(states.open(text)).toBeUndefined()
})

test('it fits in a cookie, whatever was typed: the longest values give way before the messages', () => {
  const states = createFormStates(secret)
  const values = [
    ['short', 'x'],
    ['long', '\u{1F600}'.repeat(2_000)],
  ] as const
  const issue = { path: 'x'.repeat(60), message: 'y'.repeat(300), expected: 'z' }
  const sealed = states.seal({ ...facts, values, message: 'm'.repeat(9_000) })
  expect(sealed.length).toBeLessThan(3_800)
  expect(states.open(sealed)?.values).toEqual([['short', 'x']])
  const many = states.seal({ ...facts, values, issues: Array.from({ length: 50 }, () => issue) })
  expect(many.length).toBeLessThan(3_800)
  expect(states.open(many)?.issues.length).toBeGreaterThan(3)
})

test('values and messages are found by the names of the fields', () => {
  const state = toFormState(facts)
  expect([state.value('title'), state.value('tags'), state.value('none')]).toEqual(['Buy', 'b', ''])
  expect(JSON.stringify(state)).toContain('"values":[[')
  expect(JSON.stringify(state)).not.toContain('"page"')
  expect(state.values('tags')).toEqual(['a', 'b'])
  expect(state.error('lines[0][count]')).toBe('must be an integer')
  expect(state.error('lines.0.count')).toBe('must be an integer')
  expect(state.error('constructor')).toBeUndefined()
})
