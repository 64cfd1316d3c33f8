import { createCaller } from '@mizan/testing'
import { describe, expect, it } from 'vitest'

import {
  createNotesApp,
  enter,
  noteContext,
  refuse,
  remark,
  write,
} from '../../../test/interleaving/notes-app.ts'
import { watch } from '../../../test/until.ts'
import { createKernel, type Kernel } from '../../kernel.ts'
import { change, optimistic } from '../optimistic.ts'
import { offline, type OfflineLayer, type OfflineOptions } from './offline.ts'
import { type TextStorage, webStorage } from './queued-call.ts'

/** A browser with one server, which may be out of reach. */
class Browser implements AsyncDisposable {
  readonly app = createNotesApp()
  readonly #caller = createCaller(this.app)
  readonly storage = memoryStorage()
  readonly keys: (string | null)[] = []
  isOnline = true
  /** Requests arrive, answers do not. */
  losesAnswers = false
  /** Called with each attempt that failed. */
  onFailure = (): void => undefined

  open(options: Partial<OfflineOptions> = {}): { kernel: Kernel; layer: OfflineLayer } {
    const layer = offline({
      calls: [remark, refuse, write],
      storage: webStorage(this.storage),
      delay: () => 1,
      ...options,
    })
    const guess = change(remark, noteContext, (draft, { text }) => {
      if (!draft.noteRemarks.includes(text)) draft.noteRemarks.push(text)
    })
    return { kernel: createKernel({ fetch: this.#fetch }, optimistic(guess), layer), layer }
  }

  /** Settles when `count` more attempts have failed. */
  failures(count: number): Promise<void> {
    return new Promise((resolve) => {
      let left = count
      this.onFailure = () => {
        if (--left === 0) resolve()
      }
    })
  }

  remarks(noteId = 1): Promise<unknown> {
    return this.#caller
      .fetchContext('note', { note_id: noteId })
      .then(({ note_remarks: list }) => list)
  }

  #fetch: typeof fetch = async (input, init) => {
    if (init?.method === 'POST') this.keys.push(new Headers(init.headers).get('idempotency-key'))
    try {
      if (!this.isOnline) throw new TypeError('there is no network')
      const response = await this.#caller.fetch(input, init)
      if (this.losesAnswers && init?.method === 'POST') throw new TypeError('the network is lost')
      return response
    } catch (cause) {
      this.onFailure()
      throw cause
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close()
  }
}

function memoryStorage(): TextStorage {
  const texts = new Map<string, string>()
  return {
    get length() {
      return texts.size
    },
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => void texts.set(key, text),
    removeItem: (key) => void texts.delete(key),
  }
}

describe('calls without a network', () => {
  it('are carried out when it is back, in the order in which they were made, and shown meanwhile', async () => {
    await using browser = new Browser()
    const { kernel, layer } = browser.open()
    using note = watch(kernel, noteContext, { noteId: 1 })
    await note.settled()
    browser.isOnline = false
    const failed = browser.failures(3)
    const calls = ['a', 'b', 'c'].map((text) => kernel.call(remark, { noteId: 1, text }))
    await failed
    expect(layer.waiting().map(({ name }) => name)).toEqual(['remark', 'remark', 'remark'])
    expect(kernel.read(noteContext, { noteId: 1 }).data?.noteRemarks).toEqual(['a', 'b', 'c'])
    expect(browser.storage.length).toBe(3)
    browser.isOnline = true
    await Promise.all(calls)
    expect(layer.waiting()).toEqual([])
    expect(browser.storage.length).toBe(0)
    expect((await note.settled()).data?.noteRemarks).toEqual(['a', 'b', 'c'])
    expect(await browser.remarks()).toEqual(['a', 'b', 'c'])
  })

  it('whose answer was lost are not carried out twice', async () => {
    await using browser = new Browser()
    const { kernel } = browser.open()
    browser.losesAnswers = true
    const failed = browser.failures(3)
    const calling = kernel.call(remark, { noteId: 1, text: 'once' })
    await failed
    browser.losesAnswers = false
    await calling
    expect(await browser.remarks()).toEqual(['once'])
    expect(new Set(browser.keys).size).toBe(1)
    expect(browser.keys[0]).toMatch(/^[\w-]{36}$/)
  })

  it('are carried out by the next visit of the page, once', async () => {
    await using browser = new Browser()
    const first = browser.open({ delay: () => 1_000_000 })
    browser.losesAnswers = true
    let failed = browser.failures(1)
    void first.kernel.call(remark, { noteId: 1, text: 'a' })
    await failed
    browser.losesAnswers = false
    void first.kernel.call(remark, { noteId: 1, text: 'b' })
    await expect.poll(() => browser.storage.length).toBe(2)

    browser.isOnline = false
    failed = browser.failures(1)
    const { kernel, layer } = browser.open()
    using note = watch(kernel, noteContext, { noteId: 1 })
    await layer.ready()
    await failed
    expect(layer.waiting()).toHaveLength(2)
    browser.isOnline = true
    await expect.poll(() => layer.waiting()).toEqual([])
    await kernel.refetch(noteContext, { noteId: 1 })
    expect((await note.settled()).data?.noteRemarks).toEqual(['a', 'b'])
    expect(browser.storage.length).toBe(0)
  })

  it('are not held up by one that the server refuses, and which fails as usual', async () => {
    await using browser = new Browser()
    const { kernel } = browser.open()
    const refused = kernel.call(refuse, { noteId: 1 })
    const next = kernel.call(remark, { noteId: 1, text: 'a' })
    await expect(refused).rejects.toMatchObject({ code: 'INTERNAL' })
    await next
    expect(await browser.remarks()).toEqual(['a'])
  })

  it('that were given up are not sent, now or later', async () => {
    await using browser = new Browser()
    const { kernel, layer } = browser.open()
    browser.isOnline = false
    const failed = browser.failures(2)
    const controller = new AbortController()
    const { signal } = controller
    const calling = kernel.call(remark, { noteId: 1, text: 'a' }, { signal })
    await failed
    controller.abort(new Error('changed my mind'))
    await expect(calling).rejects.toThrow('changed my mind')
    expect(layer.waiting()).toEqual([])
    await expect.poll(() => browser.storage.length).toBe(0)
    browser.isOnline = true
    await kernel.call(remark, { noteId: 1, text: 'b' })
    expect(await browser.remarks()).toEqual(['b'])
  })

  it('are forgotten when somebody else signs in', async () => {
    await using browser = new Browser()
    const { kernel } = browser.open()
    browser.isOnline = false
    const failed = browser.failures(2)
    const calling = kernel.call(remark, { noteId: 1, text: 'mine' })
    await failed
    // As the answer of a call that signs in does.
    kernel.clear()
    await expect(calling).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    browser.isOnline = true
    await kernel.call(enter, { id: 'bea' })
    expect(await browser.remarks()).toEqual([])
    expect(browser.storage.length).toBe(0)
  })

  it('of an earlier visit are neither carried out for another owner nor when they are too old', async () => {
    await using browser = new Browser()
    browser.isOnline = false
    const first = browser.open({ owner: () => 'ada', clock: () => 0, delay: () => 1_000_000 })
    const failed = browser.failures(1)
    void first.kernel.call(remark, { noteId: 1, text: 'a' })
    await failed
    browser.isOnline = true

    const other = browser.open({ owner: () => 'bea', clock: () => 1 })
    await other.layer.ready()
    expect(other.layer.waiting()).toEqual([])
    expect(browser.storage.length).toBe(1)

    const refused: string[] = []
    const late = browser.open({
      owner: () => 'ada',
      clock: () => 72_000_000,
      onRefused: ({ body }, { code }) => refused.push(`${code} ${body}`),
    })
    await late.layer.ready()
    expect(refused).toEqual(['GONE {"fn":"remark","args":{"note_id":1,"text":"a"}}'])
    expect(browser.storage.length).toBe(0)
    expect(await browser.remarks()).toEqual([])
  })

  it('of other functions fail at once', async () => {
    await using browser = new Browser()
    const { kernel } = browser.open()
    browser.isOnline = false
    await expect(kernel.call(enter, { id: 'ada' })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('that stand in the storage in another form are left alone', async () => {
    await using browser = new Browser()
    browser.storage.setItem('mizan:call:1', 'null')
    browser.storage.setItem('mizan:call:2', '{"id":5}')
    browser.storage.setItem('somebody else', '{')
    const { layer } = browser.open()
    await layer.ready()
    expect(layer.waiting()).toEqual([])
  })
})
