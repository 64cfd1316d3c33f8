import { nodeServer, temporaryFolder } from '@mizan/testing/resources'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createRenderer } from './create-renderer.ts'
import { RenderError } from './render-error.ts'
import type { Renderer, RendererOptions } from './renderer.ts'

const worker = new URL('../test/pages.worker.tsx', import.meta.url)
const flags = ['--conditions=@mizan/source']
const output: string[] = []

function create(options: Partial<RendererOptions> = {}): Renderer {
  return createRenderer({
    worker,
    flags,
    processes: 1,
    // Where a render hangs it has a limit of its own: a page that takes long on a busy machine is none of those.
    timeout: 60_000,
    onOutput: (text) => void output.push(text),
    ...options,
  })
}

/** Nothing is read and no timer runs meanwhile. */
function blockFor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

describe('one worker process', () => {
  const renderer = create()
  afterAll(() => renderer.close())

  test('a component is rendered with its props', async () => {
    expect(await renderer.render('Echo', { text: 'hello' })).toEqual({
      html: '<p>hello</p>',
      state: { contexts: [] },
      head: '',
    })
  })

  test('a prop that looks like markup stays text', async () => {
    const { html } = await renderer.render('Echo', { text: '</script><script>alert(1)</script>' })
    expect(html).toBe('<p>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>')
  })

  test('what a component prints is output, never an answer', async () => {
    output.length = 0
    const { html } = await renderer.render('Talkative', { text: 'hi' })
    expect(html).toBe('<p>hi</p>')
    await expect.poll(() => output.join('')).toContain('forged hi')
    await expect.poll(() => output.join('')).toContain('to stderr')
  })

  test('an error says which component failed, and where in it', async () => {
    const error: unknown = await renderer.render('Throwing', { text: 'luck' }).catch((e) => e)
    expect(error).toBeInstanceOf(RenderError)
    expect(error).toMatchObject({
      component: 'Throwing',
      message: 'Rendering Throwing failed: no luck',
      stack: expect.stringContaining('pages.worker.tsx'),
    })
  })

  test.each([
    ...['Missing', '__proto__', 'constructor', 'toString', ''],
    ...['../profile-page', 'file:///etc/passwd', 'Echo\u0000', 'echo', 'Echo/', ' Echo'],
  ])('an unknown component is an error that names the known ones: "%s"', async (name) => {
    await expect(renderer.render(name, {})).rejects.toThrow(
      /registers no component .*; it registers Registered, Echo, Flood/,
    )
  })

  test('a promise that a component forgot ends no other render', async () => {
    const both = [renderer.render('Careless', {}), renderer.render('Echo', { text: 'b' })]
    expect((await Promise.all(both)).map(({ html }) => html)).toEqual(['<p>done</p>', '<p>b</p>'])
  })

  test('props larger than any pipe buffer arrive, and so does the answer', async () => {
    const { html } = await renderer.render('Size', { text: '漢'.repeat(4_000_000) })
    expect(html).toBe('<p>4000000</p>')
    expect((await renderer.render('Huge', { length: 5_000_000 })).html).toHaveLength(5_000_007)
  })

  test('characters of several bytes survive the chunks of the pipe', async () => {
    const text = 'a😀é漢\u2028'.repeat(60_000)
    expect((await renderer.render('Echo', { text })).html).toBe(`<p>${text}</p>`)
  })

  test('props over the limit are refused before they are sent', async () => {
    await expect(
      renderer.render('Size', { text: 'x'.repeat(33 * 1024 * 1024) }),
    ).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  })

  test('an answer over the limit fails alone', async () => {
    await expect(renderer.render('Huge', { length: 33 * 1024 * 1024 })).rejects.toThrow(
      'what it rendered has more than',
    )
    expect((await renderer.render('Echo', { text: 'after' })).html).toBe('<p>after</p>')
  })

  test('props that are not JSON are a mistake of the caller', async () => {
    await expect(renderer.render('Echo', { text: 1n })).rejects.toThrow(TypeError)
  })

  test('a hundred renders at once get each its own answer', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `page ${index}`)
    const pages = await Promise.all(texts.map((text) => renderer.render('Echo', { text })))
    expect(pages.map(({ html }) => html)).toEqual(texts.map((text) => `<p>${text}</p>`))
  })

  test('titles and metadata come as head, and ids as in the browser', async () => {
    expect(await renderer.render('Head', { title: 'A & B' })).toMatchObject({
      head: '<title>A &amp; B</title><meta name="description" content="A &amp; B"/>',
      html: '<main id="_R_0_">A &amp; B</main>',
    })
  })

  test('NODE_ENV is production', async () => {
    expect((await renderer.render('Environment', {})).html).toBe('<p>production</p>')
  })

  test('an aborted render rejects with the reason, and those behind it are rendered', async () => {
    const controller = new AbortController()
    const aborted = renderer.render('Echo', { text: 'a' }, { signal: controller.signal })
    const other = renderer.render('Echo', { text: 'b' })
    controller.abort(new Error('left'))
    await expect(aborted).rejects.toThrow('left')
    expect((await other).html).toBe('<p>b</p>')
  })

  test('a worker that answers is healthy', async () => {
    expect(await renderer.health()).toBe(true)
  })
})

describe('workers that fail', () => {
  test('a render that hangs fails with TIMEOUT, and those behind it are rendered elsewhere', async () => {
    await using renderer = create()
    await renderer.start()
    const hanging = renderer.render('Hanging', {}, { timeout: 300 })
    const others = ['a', 'b', 'c'].map((text) => renderer.render('Echo', { text }))
    await expect(hanging).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'Rendering Hanging took longer than 300 ms and was ended',
    })
    const pages = await Promise.all(others)
    expect(pages.map(({ html }) => html)).toEqual(['<p>a</p>', '<p>b</p>', '<p>c</p>'])
  })

  test('a render is moved once: behind two that hang it fails', async () => {
    await using renderer = create()
    await renderer.start()
    const hang = () => renderer.render('Hanging', {}, { timeout: 200 })
    const [first, second, third, fourth] = await Promise.allSettled([
      hang(),
      hang(),
      renderer.render('Echo', { text: 'behind two' }),
      // Long after: given to a process of its own again.
      hang().catch(() => renderer.render('Echo', { text: 'later' })),
    ])
    expect(first).toMatchObject({ reason: { code: 'TIMEOUT' } })
    expect(second).toMatchObject({ reason: { code: 'TIMEOUT' } })
    expect(third).toMatchObject({ reason: { code: 'UNAVAILABLE' } })
    expect(fourth).toMatchObject({ value: { html: '<p>later</p>' } })
  })

  test('a cancelled render that hangs still loses its process', async () => {
    await using renderer = create()
    await renderer.start()
    const controller = new AbortController()
    const { signal } = controller
    const hanging = renderer.render('Hanging', {}, { signal, timeout: 300 })
    const other = renderer.render('Echo', { text: 'survivor' })
    controller.abort()
    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' })
    expect((await other).html).toBe('<p>survivor</p>')
  })

  test('a crash fails the render that had begun and no other, and another process follows', async () => {
    await using renderer = create()
    const before = await renderer.render('Process', {})
    const crashing = renderer.render('Crashing', {})
    const after = renderer.render('Process', {})
    await expect(crashing).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The render worker ended (exit code 7) while it rendered Crashing',
    })
    expect((await after).html).not.toBe(before.html)
  })

  test('a write to a worker that has just ended loses nothing of what that one said', async () => {
    await using renderer = create()
    await renderer.start()
    const crashing = renderer.render('Crashing', {})
    blockFor(300)
    const other = renderer.render('Echo', { text: 'survivor' })
    await expect(crashing).rejects.toMatchObject({
      message: 'The render worker ended (exit code 7) while it rendered Crashing',
    })
    expect((await other).html).toBe('<p>survivor</p>')
  })

  test('a server that was busy itself for longer than the time-out ends no worker for that', async () => {
    await using renderer = create()
    const before = await renderer.render('Process', {})
    const late = renderer.render('Process', {}, { timeout: 300 })
    blockFor(2_000)
    expect((await late).html).toBe(before.html)
  })

  test('renders that do not fit into the pipe wait outside, and survive crash after crash', async () => {
    await using renderer = create()
    await renderer.start()
    const crashing = ['a', 'b'].map(() => renderer.render('Crashing', {}))
    const text = 'x'.repeat(1_000_000)
    // The first fills the pipe: it was in both processes that crash, and is moved only once.
    const filling = renderer.render('Size', { text })
    const outside = Array.from({ length: 10 }, () => renderer.render('Size', { text }))
    const ended = await Promise.allSettled([...crashing, filling])
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    for (const page of outside) expect((await page).html).toBe('<p>1000000</p>')
  })

  test('crash after crash is survived', async () => {
    await using renderer = create()
    for (let count = 0; count < 4; count += 1) {
      await expect(renderer.render('Crashing', {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    }
    expect((await renderer.render('Echo', { text: 'still' })).html).toBe('<p>still</p>')
  })

  test('a worker file that does not start fails start() and renders, with what it printed', async () => {
    await using folder = await temporaryFolder()
    const broken = join(folder.path, 'broken.ts')
    await writeFile(broken, 'throw new Error("missing key")')
    await using renderer = create({ worker: broken })
    await expect(renderer.start()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('missing key'),
    })
    await expect(renderer.render('Echo', {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await renderer.health()).toBe(false)
  })

  test('a process that the system refuses to make fails renders, not the server', async () => {
    // Longer than any one string that Linux passes to a program.
    await using renderer = create({ environment: { LONG: 'x'.repeat(200_000) } })
    await expect(renderer.render('Echo', {})).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('The render worker does not start'),
    })
  })

  test('closing does not wait for a program that is not there', async () => {
    const renderer = create({ bun: '/no/such/bun' })
    const started = renderer.start()
    const closed = renderer.close()
    await expect(started).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await closed
  })

  test('waiting props may not fill the memory', async () => {
    await using renderer = create()
    const text = 'x'.repeat(30 * 1024 * 1024)
    const waiting = Array.from({ length: 8 }, () => renderer.render('Size', { text }))
    await expect(renderer.render('Size', { text })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await Promise.all(waiting)).toHaveLength(8)
  })

  test('a render function that gives back no text is told so', async () => {
    await using renderer = create({ worker: new URL('../test/wrong.worker.ts', import.meta.url) })
    await expect(renderer.render('Page', {})).rejects.toThrow('gives back { html, head }')
  })

  test('a full queue refuses', async () => {
    await using renderer = create({ maximumQueue: 2 })
    const waiting = ['a', 'b'].map((text) => renderer.render('Echo', { text }))
    await expect(renderer.render('Echo', { text: 'c' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect(await Promise.all(waiting)).toHaveLength(2)
  })

  test('closing lets renders finish and refuses new ones', async () => {
    const renderer = create()
    const pages = ['a', 'b'].map((text) => renderer.render('Echo', { text }))
    const closed = renderer.close()
    await expect(renderer.render('Echo', { text: 'c' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect((await Promise.all(pages)).map(({ html }) => html)).toEqual(['<p>a</p>', '<p>b</p>'])
    await closed
    expect(await renderer.health()).toBe(false)
  })

  test('closing does not wait for a render that hangs for longer than the time-out', async () => {
    const renderer = create({ timeout: 200 })
    await renderer.start()
    const hanging = renderer.render('Hanging', {}, { timeout: 60_000 })
    const behind = renderer.render('Echo', { text: 'a' })
    const closed = renderer.close()
    await expect(hanging).rejects.toMatchObject({ message: 'The renderer is closed' })
    await expect(behind).rejects.toMatchObject({ message: 'The renderer is closed' })
    await closed
    expect(await renderer.health()).toBe(false)
  })

  test('with two processes a render that hangs holds up nobody', async () => {
    const patiently = { timeout: 60_000 }
    const renderer = create({ processes: 2, timeout: 200 })
    const processesOfTwo = async (): Promise<number> => {
      const both = [1, 2].map(() => renderer.render('Process', {}, patiently))
      return new Set((await Promise.all(both)).map(({ html }) => html)).size
    }
    await expect.poll(processesOfTwo).toBe(2)
    const hanging = renderer.render('Hanging', {}, patiently).catch((error: unknown) => error)
    const first = await Promise.race([renderer.render('Echo', { text: 'x' }, patiently), hanging])
    expect(first).toMatchObject({ html: '<p>x</p>' })
    await renderer.close()
    expect(await hanging).toMatchObject({ message: 'The renderer is closed' })
  })
})

describe('contexts', () => {
  const people: Record<string, unknown> = {
    5: { name: 'Ada </script>', friendId: 6 },
    6: { name: 'Bob', friendId: null },
  }

  test('what hooks read is fetched without credentials, level by level, and travels as state', async () => {
    const requests: string[] = []
    await using server = await nodeServer((request, response) => {
      expect(request.headers).not.toHaveProperty('cookie')
      requests.push(request.url ?? '')
      const id = new URL(request.url ?? '', 'http://origin').searchParams.get('user_id') ?? ''
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ user_profile: people[id] }))
    })
    await using renderer = create({ origin: server.url })
    const { html, state } = await renderer.render('ProfilePage', { userId: 5 })
    expect(html).toBe(
      '<section><h1>Ada &lt;/script&gt;</h1><section><h1>Bob</h1></section></section>',
    )
    expect(requests).toEqual(['/api/mizan/ctx/user/?user_id=5', '/api/mizan/ctx/user/?user_id=6'])
    expect(state).toMatchObject({
      contexts: [
        { context: 'user', data: { user_profile: people[5] } },
        { context: 'user', data: { user_profile: people[6] } },
      ],
    })
    // A kernel that starts with that state asks nobody.
    const again = await renderer.render('ProfilePage', { userId: 5 }, { state })
    expect(again.html).toBe(html)
    expect(requests).toHaveLength(2)
  })

  test('a context that fails is shown by its hook', async () => {
    await using server = await nodeServer((_, response) => void response.writeHead(503).end())
    await using renderer = create({ origin: server.url })
    expect((await renderer.render('ProfilePage', { userId: 5 })).html).toBe('<p>error</p>')
  })

  test('each render has a kernel of its own', async () => {
    let count = 0
    await using server = await nodeServer((_, response) => {
      count += 1
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ user_profile: { name: `visit ${count}`, friendId: null } }))
    })
    await using renderer = create({ origin: server.url })
    const first = await renderer.render('ProfilePage', { userId: 5 })
    const second = await renderer.render('ProfilePage', { userId: 5 })
    expect(first.html).toContain('visit 1')
    expect(second.html).toContain('visit 2')
  })

  test('a page that waits for an answer that never comes fails with TIMEOUT', async () => {
    await using server = await nodeServer(() => undefined)
    await using renderer = create({ origin: server.url })
    await renderer.render('Echo', { text: 'warm' })
    const timeout = 1_000
    await expect(renderer.render('ProfilePage', { userId: 5 }, { timeout })).rejects.toMatchObject({
      code: 'TIMEOUT',
    })
  })
})
