import type { JsonSchema } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { send } from '../../test/send.ts'
import { client } from '../client.ts'
import { createApp } from '../create-app.ts'
import { defineError } from '../define-error.ts'
import { defineFunctions, type Functions } from '../functions.ts'

interface Held {
  readonly until: Date
  readonly left: bigint
}
const Held = defineError<'HELD', Held>('HELD', { status: 409 })
const Other = defineError<'OTHER_ERROR', { at: Date }>('OTHER_ERROR', { status: 400 })

const until = new Date('2030-01-01T00:00:00Z')
const take = client({ throws: [Held] }, (kind: string): void => {
  if (kind === 'held') throw new Held({ until, left: 5n })
  if (kind === 'wrong') throw new Held({ until: 'tomorrow' as never, left: 5n })
  throw new Other({ at: until })
})

const data: JsonSchema = {
  type: 'object',
  properties: {
    until: { type: 'string', format: 'date-time', 'x-mizan': 'date' },
    left: { type: 'string', 'x-mizan': 'bigint' },
  },
  required: ['until', 'left'],
}

function functions(): Functions {
  return defineFunctions(
    {
      version: 1,
      digest: '0000000000000000',
      functions: {
        take: {
          key: 'take',
          source: 'src/take.ts#take',
          params: [{ name: 'kind', key: 'kind', schema: { type: 'string' }, required: true }],
          result: { type: 'null', 'x-mizan': 'void' },
          throws: [{ code: 'HELD', status: 409, data }],
        },
      },
      contexts: {},
      $defs: {},
    },
    { take: [take] },
  )
}

async function answer(kind: string, logged: unknown[] = []): Promise<unknown> {
  const logger = { info() {}, warn() {}, error: (facts: object) => void logged.push(facts) }
  await using app = createApp({ functions: functions(), logger })
  const body = { fn: 'take', args: { kind } }
  return (await send(app, '/api/mizan/call/', { body })).json
}

test('the data of an error in throws leaves in its wire form', async () => {
  expect(await answer('held')).toEqual({
    error: {
      code: 'HELD',
      message: 'HELD',
      details: { until: '2030-01-01T00:00:00.000Z', left: '5' },
    },
  })
})

test('code that calls gets the error as it was thrown', async () => {
  await using app = createApp({ functions: functions() })
  await expect(app.call(take, ['held'])).rejects.toSatisfy(
    (error) => error instanceof Held && error.details.until === until,
  )
})

test('data that has no wire form is a fault of the server, and the log says where', async () => {
  const logged: unknown[] = []
  expect(await answer('wrong', logged)).toMatchObject({ error: { code: 'INTERNAL' } })
  expect(logged).toMatchObject([
    {
      error: {
        message:
          'take: the data of HELD: until must be a Date of the years 0 to 9999, got "tomorrow"',
      },
    },
  ])
})

test('an error that is not in throws keeps its data as it is', async () => {
  expect(await answer('other')).toMatchObject({ error: { code: 'OTHER_ERROR' } })
})
