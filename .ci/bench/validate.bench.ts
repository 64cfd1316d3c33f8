/**
 * Arguments checked and copied by the server's closures, against libraries that do the same without evaluating code
 * (valibot, zod without its JIT), and against ajv, which evaluates code and only checks.
 */

import type { JsonSchema } from '@mizan/protocol'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as v from 'valibot'
import * as z from 'zod'
import { createCodec } from '../../cores/server/src/validate/index.ts'
import { report } from './measured.ts'

const rounds = 7
const milliseconds = 150

z.config({ jitless: true })

/** One schema three times, and a value for it. */
interface Case {
  readonly what: string
  readonly schema: JsonSchema
  readonly valibot: v.GenericSchema
  readonly zod: z.ZodType
  readonly json: unknown
}

const integer = { type: 'integer' } as const
const text = { type: 'string' } as const
const task: Omit<Case, 'what' | 'json'> = {
  schema: {
    type: 'object',
    properties: {
      id: { ...integer, minimum: 1 },
      name: { ...text, minLength: 1, maxLength: 100 },
      status: { enum: ['open', 'active', 'done'] },
      slug: { ...text, pattern: '^[a-z0-9-]+$' },
      tags: { type: 'array', items: text, maxItems: 20 },
      owner: {
        type: 'object',
        properties: { id: integer, email: text },
        required: ['id', 'email'],
      },
    },
    required: ['id', 'name', 'status', 'slug', 'tags', 'owner'],
  },
  valibot: v.object({
    id: v.pipe(v.number(), v.integer(), v.minValue(1)),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    status: v.picklist(['open', 'active', 'done']),
    slug: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/u)),
    tags: v.pipe(v.array(v.string()), v.maxLength(20)),
    owner: v.object({ id: v.pipe(v.number(), v.integer()), email: v.string() }),
  }),
  zod: z.object({
    id: z.int().min(1),
    name: z.string().min(1).max(100),
    status: z.enum(['open', 'active', 'done']),
    slug: z.string().regex(/^[a-z0-9-]+$/u),
    tags: z.array(z.string()).max(20),
    owner: z.object({ id: z.int(), email: z.string() }),
  }),
}
const valid = {
  id: 5,
  name: 'Write the report',
  status: 'open',
  slug: 'write-the-report',
  tags: ['work', 'urgent'],
  owner: { id: 7, email: 'ada@example.com' },
}

const kinds = ['circle', 'square', 'line'] as const
const cases: readonly Case[] = [
  { what: 'an object of six properties', ...task, json: valid },
  {
    what: 'the same with two mistakes',
    ...task,
    json: { ...valid, id: 'five', owner: { id: 7 } },
  },
  {
    what: 'twenty members of a discriminated union',
    schema: {
      type: 'array',
      items: {
        anyOf: kinds.map((kind) => ({
          type: 'object',
          properties: { kind: { const: kind }, size: { type: 'number' } },
          required: ['kind', 'size'],
        })),
      },
    },
    valibot: v.array(
      v.variant('kind', [
        v.object({ kind: v.literal('circle'), size: v.number() }),
        v.object({ kind: v.literal('square'), size: v.number() }),
        v.object({ kind: v.literal('line'), size: v.number() }),
      ]),
    ),
    zod: z.array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('circle'), size: z.number() }),
        z.object({ kind: z.literal('square'), size: z.number() }),
        z.object({ kind: z.literal('line'), size: z.number() }),
      ]),
    ),
    json: Array.from({ length: 20 }, (_, index) => ({ kind: kinds[index % 3], size: index })),
  },
  {
    what: 'one integer',
    schema: integer,
    valibot: v.pipe(v.number(), v.integer()),
    zod: z.int(),
    json: 5,
  },
]

let kept: unknown

for (const { what, schema, valibot, zod, json } of cases) {
  const codec = createCodec(schema, {})
  const check = new Ajv2020({ allErrors: true, strict: false }).compile(schema)
  const runs: Readonly<Record<string, () => unknown>> = {
    Mizan: () => codec.decode(json).ok,
    valibot: () => v.safeParse(valibot, json).success,
    zod: () => zod.safeParse(json).success,
    ajv: () => check(json),
  }
  const rates = new Map(Object.keys(runs).map((name) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(runs)) {
      const rate = operationsPerSecond(run)
      if (round > 0) rates.get(name)?.push(rate) // the first round warms up
    }
  }
  const medians = [...rates].map(([name, list]) => [name, medianOf(list)] as const)
  const shown = medians.map(
    ([name, rate]) => `${name} ${Math.round(rate / 1000).toLocaleString('en')}`,
  )
  process.stdout.write(`  ${what}, thousands a second: ${shown.join(', ')}\n`)
  const [ours = 0, ...others] = medians.map(([, rate]) => rate)
  report({
    what: `time of ${what} against the faster of valibot and zod`,
    value: Number((Math.max(...others.slice(0, 2)) / ours).toFixed(2)),
    unit: 'times',
    goal: 1,
    atMost: 2,
  })
}

function medianOf(list: number[]): number {
  return list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
}

function operationsPerSecond(run: () => unknown): number {
  let operations = 0
  const started = performance.now()
  let now = started
  while (now - started < milliseconds) {
    for (let index = 0; index < 1000; index++) kept = run()
    operations += 1000
    now = performance.now()
  }
  if (kept === operations) throw new Error('nothing was measured')
  return (operations * 1000) / (now - started)
}
