import '../../frontends/base/test/dom.ts'

import { inspect, isDeepStrictEqual } from 'node:util'
import { createKernel, type Kernel, type MizanError } from '@mizan/base'
import { mizan } from '@mizan/node'
import { type Artifact, fromWireName } from '@mizan/protocol'
import { createApp, type Functions } from '@mizan/server'
import { nodeServer } from '@mizan/testing/resources'
import { beforeAll, describe, expect, test } from 'vitest'
import type { FailedAnswer } from '../test/fixture-values.ts'
import { fixtures, fixturesFolder } from '../test/fixtures-folder.ts'
import { type Outcome, type Probe, type ProbePage, showProbes } from '../test/pages/probe.ts'
import { reactPage } from '../test/pages/react-page.ts'
import { sveltePage } from '../test/pages/svelte-page.ts'
import { vuePage } from '../test/pages/vue-page.ts'

type Args = Readonly<Record<string, unknown>>
type Call = (args: Args, options: { readonly kernel: Kernel }) => Promise<unknown>

/** One call of one function, and what it has to give. */
interface Exchange {
  readonly name: string
  readonly key: string
  readonly context: string | undefined
  readonly kind: Probe['kind']
  readonly args: Args
  readonly answer: unknown
}

/** A server of one fixture. */
interface Served extends AsyncDisposable {
  readonly url: string
  readonly exchanges: readonly Exchange[]
  /** What its functions threw. */
  readonly failures: readonly unknown[]
}

const load = (fixture: string, file: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ `${fixturesFolder}/${fixture}/${file}`)

const upperFirst = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`

async function exchangesOf(fixture: string, artifact: Artifact): Promise<Exchange[]> {
  const { values, answers = {} } = (await load(fixture, 'values.ts')) as {
    readonly values: Readonly<Record<string, readonly Args[]>>
    readonly answers?: Readonly<Record<string, readonly unknown[]>>
  } // cast: checked by tsc in fixtures.test.ts
  const functions = new Map(Object.values(artifact.functions).map((fn) => [fn.key, fn]))
  return Object.entries(values).flatMap(([key, list]) => {
    const fn = functions.get(key)
    if (fn === undefined) throw new Error(`${fixture}/values.ts: there is no function ${key}`)
    const [only, ...more] = fn.params
    return list.map((args, index): Exchange => ({
      name: `${key} ${index}`,
      key,
      context: fn.context === undefined ? undefined : fromWireName(fn.context),
      kind: fn.context === undefined ? (fn.stream ? 'stream' : 'call') : 'member',
      args,
      answer:
        key in answers ? answers[key]?.[index] : only && more.length === 0 ? args[only.key] : args,
    }))
  })
}

/** Calls and contexts without any UI library. */
async function plainOutcome(
  exchange: Exchange,
  api: Readonly<Record<string, unknown>>,
  kernel: Kernel,
): Promise<Outcome> {
  const { key, context, kind, args } = exchange
  try {
    if (kind === 'member') {
      const fetch = api[`fetch${upperFirst(context ?? '')}Context`] as Call // cast: named by the compiler
      const data = (await fetch(args, { kernel })) as Args // cast: an object of its members
      return { value: data[key] }
    }
    const call = api[`call${upperFirst(key)}`] as Call // cast: named by the compiler
    const answer = call(args, { kernel })
    if (kind !== 'stream') return { value: await answer }
    const items: unknown[] = []
    // cast: what the call of a stream returns
    for await (const item of answer as unknown as AsyncIterable<unknown>) items.push(item)
    return { value: items }
  } catch (error) {
    return { error }
  }
}

/** An undefined property is absent on the wire, and therefore behind it. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutUndefined(item)]))
}

function expectOutcome(outcome: Outcome, { name, answer }: Exchange, { failures }: Served): void {
  if (typeof answer === 'object' && answer !== null && 'fails' in answer) {
    const { fails } = answer as FailedAnswer // cast: the form of a failed answer
    expect(outcome, name).toHaveProperty('error')
    const { code, details } = (outcome as { error: MizanError }).error // cast: see the line above
    expect({ code, details }, name).toStrictEqual({ details: undefined, ...fails })
  } else {
    if ('error' in outcome)
      throw new AggregateError(failures, `${name} failed`, { cause: outcome.error })
    // A property named constructor makes toStrictEqual take objects for those of another class.
    const expected = withoutUndefined(answer)
    if (!isDeepStrictEqual(outcome.value, expected))
      expect(inspect(outcome.value, { depth: 9 }), name).toBe(inspect(expected, { depth: 9 }))
  }
}

const pages = new Map<string, ProbePage>([
  ['React', reactPage],
  ['Vue', vuePage],
])
beforeAll(async () => {
  pages.set('Svelte', await sveltePage())
})

describe.each(fixtures)('%s: values come back equal and of the right class', (fixture) => {
  async function serve(): Promise<Served> {
    const { functions } = await load(fixture, 'mizan/server.gen.ts')
    const failures: unknown[] = []
    const app = createApp({
      functions: functions as Functions, // cast: what the file exports
      logger: {
        info: () => {},
        warn: () => {},
        error: (facts) => void failures.push(facts['error']),
      },
    })
    await app.start()
    const server = await nodeServer(mizan(app))
    return {
      url: server.url,
      exchanges: await exchangesOf(fixture, app.artifact),
      failures,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await app.close()
      },
    }
  }

  test('in plain TypeScript', async () => {
    await using server = await serve()
    const kernel = createKernel({ origin: server.url })
    const api = await load(fixture, 'mizan/client.gen.ts')
    for (const exchange of server.exchanges)
      expectOutcome(await plainOutcome(exchange, api, kernel), exchange, server)
  })

  test.each(['React', 'Vue', 'Svelte'])('in %s', async (name) => {
    const page = pages.get(name)
    if (page === undefined) throw new Error(`${name} was not built`)
    await using server = await serve()
    const hooks = await page.hooks(fixture)
    const probes = server.exchanges.map(({ kind, key, args }): Probe => {
      const hook = hooks[`use${upperFirst(key)}`]
      if (hook === undefined) throw new Error(`there is no hook for ${key}`)
      return { kind, hook, args }
    })
    const outcomes = await showProbes(page, page.createKernel(server.url), probes)
    for (const [index, exchange] of server.exchanges.entries())
      expectOutcome(outcomes[index] ?? { error: undefined }, exchange, server)
  })
})
