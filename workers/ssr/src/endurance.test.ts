/** What the render worker must survive. */

import { readFile } from 'node:fs/promises'
import { elapsed, eventually, shortest } from '@mizan/testing/resources'
import { afterAll, describe, expect, test } from 'vitest'
import { createRenderer } from './create-renderer.ts'
import { RenderError } from './render-error.ts'
import type { Renderer, RendererOptions } from './renderer.ts'

const output: string[] = []
let printed = 0

function create(options: Partial<RendererOptions> = {}): Renderer {
  return createRenderer({
    worker: new URL('../test/pages.worker.tsx', import.meta.url),
    flags: ['--conditions=@mizan/source'],
    processes: 1,
    timeout: 60_000,
    onOutput(text) {
      printed += text.length
      if (output.length < 1_000) output.push(text)
    },
    ...options,
  })
}

const echo = async (renderer: Renderer, text: string): Promise<string> =>
  (await renderer.render('Echo', { text })).html

async function pidOf(renderer: Renderer): Promise<number> {
  return Number(/\d+/.exec((await renderer.render('Process', {})).html)?.[0])
}

/** Bytes that a process holds. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

describe.each(['bun', 'node'] as const)('%s', (runtime) => {
  const renderer = create({ runtime, processes: 2 })
  afterAll(() => renderer.close())

  test('a thousand renders at once never cross', async () => {
    const texts = Array.from(
      { length: 1_000 },
      (_, index) => `page ${index} ${'x'.repeat(index % 97)}`,
    )
    const pages = await Promise.all(texts.map((text) => echo(renderer, text)))
    expect(pages).toEqual(texts.map((text) => `<p>${text}</p>`))
  })

  test('kill -9 of a worker in the middle loses no render', async () => {
    const pids = new Set<number>()
    await eventually(async () => {
      for (const pid of await Promise.all([pidOf(renderer), pidOf(renderer)])) pids.add(pid)
      expect(pids.size).toBe(2)
    })
    const texts = Array.from({ length: 200 }, (_, index) => `render ${index}`)
    const renders = texts.map(
      async (text) => (await renderer.render('Busy', { milliseconds: 2, text })).html,
    )
    await Promise.race(renders)
    process.kill([...pids][0] ?? 0, 'SIGKILL')
    expect(await Promise.all(renders)).toEqual(texts.map((text) => `<p>${text}</p>`))
  })

  test('a flood of prints, a page of 100 MB and a forgotten promise are survived', async () => {
    printed = 0
    const flood = renderer.render('Flood', { lines: 20_000 })
    const others = ['a', 'b'].map((text) => echo(renderer, text))
    expect(await Promise.all(others)).toEqual(['<p>a</p>', '<p>b</p>'])
    expect((await flood).html).toBe('<p>20000</p>')
    await expect.poll(() => printed).toBeGreaterThan(20_000 * 200)
    await expect(renderer.render('Huge', { length: 100_000_000 })).rejects.toThrow(RenderError)
    expect((await renderer.render('Careless', {})).html).toBe('<p>done</p>')
    expect(await echo(renderer, 'after')).toBe('<p>after</p>')
  })

  test('what a component prints says which one', async () => {
    output.length = 0
    await renderer.render('Talkative', { text: 'hi' })
    await expect.poll(() => output.join('')).toContain('[Talkative] {"id":1,"html":"forged hi"}')
  })

  test('a page comes piece by piece, and its state at the end', async () => {
    const pieces: string[] = []
    const stream = renderer.stream('Streamed', { text: 'first' })
    let step = await stream.next()
    for (; !step.done; step = await stream.next()) pieces.push(step.value.html)
    expect(pieces.join('')).toMatch(/<h1>first<\/h1>.*late/s)
    expect(step.value).toEqual({ contexts: [] })
  })

  test('a page that fails while it comes ends the iteration; who leaves it cancels it', async () => {
    const failing = renderer.stream('Throwing', { text: 'luck' })
    await expect(failing.next()).rejects.toThrow('Rendering Throwing failed: no luck')
    for await (const { html } of renderer.stream('Streamed', { text: 'left' })) {
      expect(html).toContain('left')
      break
    }
    expect(await echo(renderer, 'after')).toBe('<p>after</p>')
  })

  test('a component that was registered by itself is rendered', async () => {
    expect((await renderer.render('Registered', {})).html).toBe('<p>registered</p>')
  })
})

test('in development an error says in which components it was thrown, in production it does not', async () => {
  const failureOf = async (renderer: Renderer): Promise<unknown> =>
    renderer.render('Outer', { text: 'luck' }).catch((error: unknown) => error)
  await using development = create({ environment: { NODE_ENV: 'development' } })
  expect(await failureOf(development)).toMatchObject({
    message: 'Rendering Outer failed: no luck',
    componentStack: expect.stringMatching(/Throwing[^]*section[^]*Outer/),
  })
  await using production = create()
  expect(await failureOf(production)).toMatchObject({
    message: 'Rendering Outer failed: no luck',
    componentStack: undefined,
  })
})

test('an endless loop holds up others for no longer than its own time', async () => {
  await using renderer = create()
  await echo(renderer, 'warm')
  const holdUp = async (): Promise<void> => {
    const hanging = renderer.render('Hanging', {}, { timeout: 400 })
    const others = Array.from({ length: 20 }, (_, index) => echo(renderer, String(index)))
    await expect(hanging).rejects.toMatchObject({ code: 'TIMEOUT' })
    await Promise.all(others)
  }
  // Its time, and that of a new process.
  const under = 400 + 2_500
  expect(await shortest(() => elapsed(holdUp), { under })).toBeLessThan(under)
})

test('a worker is replaced after its renders, and none is lost', async () => {
  await using renderer = create({ maximumRenders: 50 })
  const pids = await Promise.all(Array.from({ length: 200 }, () => pidOf(renderer)))
  expect(pids).toHaveLength(200)
  expect(new Set([...pids, await pidOf(renderer)]).size).toBeGreaterThan(1)
})

test('a worker that holds too much is replaced', async () => {
  await using renderer = create({ maximumMemory: 1 })
  const first = await pidOf(renderer)
  await eventually(async () => expect(await pidOf(renderer)).not.toBe(first))
})

test('memory stays flat over many renders', async () => {
  const renders = process.env['MIZAN_NIGHTLY'] === '1' ? 100_000 : 10_000
  await using renderer = create({ maximumRenders: Infinity })
  const text = 'x'.repeat(2_000)
  const many = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 100)
      await Promise.all(Array.from({ length: 100 }, () => renderer.render('Head', { title: text })))
  }
  await many(2_000)
  const pid = await pidOf(renderer)
  // What leaks grows every time; a collector that has not come by yet has done so the next time.
  const growth = async (): Promise<number> => {
    const before = await memoryOf(pid)
    await many(renders)
    return (await memoryOf(pid)) / before
  }
  expect(await shortest(growth, { under: 1.35, tries: 3 })).toBeLessThan(1.35)
  expect(await pidOf(renderer)).toBe(pid)
}, 600_000)
