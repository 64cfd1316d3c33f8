/** PROTOCOL section 4: errors. */

import type { ValidationIssue } from '@mizan/protocol'
import type { Answer } from './answer.ts'
import type { Section } from './conformance-case.ts'

export const errors: Section = [
  '4 Errors',
  [
    {
      rule: 'VALIDATION_FAILED lists every wrong argument with path, message and expectation',
      async check(talk) {
        const answer = await talk.call('check_order', {
          order: {
            size: 'huge',
            lines: [
              { item: 1, count: 1 },
              { item: 'x', count: 1 },
            ],
          },
          express: 'yes',
        })
        const paths = issuesOf(answer).map((issue) => issue.path)
        for (const path of ['order.size', 'order.lines.1.item', 'express']) {
          answer.expect(paths.includes(path), `an issue at ${path}, got ${paths.join(', ')}`)
        }
      },
    },
    {
      rule: 'a missing argument is VALIDATION_FAILED at its wire name',
      async check(talk) {
        const answer = await talk.call('rename_item', { item_id: 5 })
        const paths = issuesOf(answer).map((issue) => issue.path)
        answer.expect(paths.join() === 'name', 'one issue, at name')
      },
    },
    {
      rule: 'arguments nobody declared are ignored',
      async check(talk) {
        const answer = await talk.call('echo', { text: 'x', more: 1 })
        answer.is({ result: 'x' })
      },
    },
    {
      rule: 'a guard answers UNAUTHORIZED to a stranger and FORBIDDEN to the wrong person',
      async check(talk) {
        const ada = await talk.another().signIn('ada')
        const stella = await talk.another().signIn('stella')
        const sue = await talk.another().signIn('sue')
        const bob = await talk.another().signIn('bob')
        for (const fn of ['touch_account', 'staff_only', 'superuser_only', 'bob_only']) {
          const answer = await talk.call(fn)
          answer.isError(401, 'UNAUTHORIZED')
        }
        for (const [person, fn] of [
          [ada, 'staff_only'],
          [stella, 'superuser_only'],
          [stella, 'bob_only'],
        ] as const) {
          const answer = await person.call(fn)
          answer.isError(403, 'FORBIDDEN')
        }
        for (const [person, fn, result] of [
          [ada, 'touch_account', 'ada'],
          [stella, 'staff_only', 'for staff'],
          [sue, 'superuser_only', 'for superusers'],
          [bob, 'bob_only', 'for bob'],
        ] as const) {
          const answer = await person.call(fn)
          const body = answer.hasStatus(200).json()
          answer.expect(
            (body as { result?: unknown }).result === result, // cast: any JSON may be asked for a key
            `the result "${result}"`,
          )
        }
      },
    },
    {
      rule: 'a guard comes before the arguments: a stranger learns nothing of them',
      async check(talk) {
        const answer = await talk.call('staff_only', { anything: 1 })
        answer.isError(401, 'UNAUTHORIZED')
      },
    },
    {
      rule: 'an application error carries its own code, status and data',
      async check(talk) {
        const answer = await talk.call('take_item', { item_id: 109, count: 11 })
        const { details } = answer.isError(409, 'OUT_OF_STOCK')
        answer.expect(JSON.stringify(details) === '{"itemId":109,"left":10}', 'its data in details')
        answer.hasHeader('x-mizan-invalidate', null)
      },
    },
    {
      rule: 'an unknown error is INTERNAL with an id, and nothing else of it leaves',
      async check(talk) {
        const fine = await talk.call('nothing')
        fine.is({ result: null })
        const answers = [await talk.call('crash'), await talk.get('ctx/fragile/?fail=true')]
        const messages = answers.map((answer) => {
          const { message } = answer.isError(500, 'INTERNAL')
          const all = `${answer.text} ${[...answer.headers].join(' ')}`
          answer.expect(!/hunter2|password|\.ts|at /.test(all), 'nothing of the thrown error')
          return message
        })
        const [first] = answers
        first?.expect(messages[0] === messages[1], 'one fixed message for every unknown error')
      },
    },
    {
      rule: 'the envelope has sorted keys',
      async check(talk) {
        const answer = await talk.call('take_item', { item_id: 110, count: 11 })
        const error = answer.isError(409, 'OUT_OF_STOCK')
        const bytes = `{"error":{"code":"OUT_OF_STOCK","details":{"itemId":110,"left":10},"message":${JSON.stringify(error.message)}}}`
        answer.expect(answer.text === bytes, `the body ${bytes}`)
      },
    },
  ],
]

function issuesOf(answer: Answer): readonly ValidationIssue[] {
  const { details } = answer.isError(422, 'VALIDATION_FAILED')
  answer.expect(Array.isArray(details) && details.length > 0, 'a list of issues in details')
  const issues = details as readonly ValidationIssue[] // cast: checked to be a list
  for (const issue of issues) {
    answer.expect(
      typeof issue.path === 'string' &&
        typeof issue.message === 'string' &&
        typeof issue.expected === 'string',
      'issues of {path, message, expected}',
    )
  }
  return issues
}
