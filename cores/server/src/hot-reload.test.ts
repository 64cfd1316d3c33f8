/** A changed module is imported anew beside the old one, as tsx, Vite and Bun do; each app knows its own functions only. */

import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { send } from '../test/send.ts'
import type { Fn } from './client-options.ts'
import { collect } from './collect.ts'
import type { App } from './app.ts'
import { createApp } from './create-app.ts'
import { defineFunctions, type Functions, type Service } from './functions.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

const first = `
import { client } from '@mizan/server'
export class Tasks {
  @client title() { return 'first' }
  @client removed() { return 'still here' }
  @client static count() { return 1 }
  @client async wait() { await globalThis.held; return 'of the first version' }
}
export const gone = client(function gone() { return 'still here' })
`
const second = first
  .replace("'first'", "'second'")
  .replace(/@client removed.*/, '')
  .replace(/export const gone.*/, '')

interface Version {
  readonly Tasks: Service & { readonly prototype: Readonly<Record<string, Fn>> }
  readonly gone?: Fn
}

/** Imports what the file holds now, as a module of its own. */
async function versions(): Promise<AsyncDisposable & ((text: string) => Promise<Version>)> {
  const folder = await temporaryFolder()
  const file = join(folder.path, 'tasks.ts')
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'))
  let version = 0
  const load = async (text: string): Promise<Version> => {
    await writeFile(file, text)
    version += 1
    // cast: the text is the one above
    return (await import(`${pathToFileURL(file).href}?version=${version}`)) as Version
  }
  return Object.assign(load, { [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() })
}

function functionsOf({ Tasks, gone }: Version): Functions {
  return collect(Tasks, ...(gone === undefined ? [] : [gone]))
}

async function call(app: App, fn: string): Promise<string> {
  const { status, json } = await send(app, '/api/mizan/call/', { body: { fn, args: {} } })
  return `${status} ${JSON.stringify((json as { result?: unknown }).result ?? null)}`
}

test('a removed function is not callable after the reload, in any form', async () => {
  await using load = await versions()
  const old = await load(first)
  await using before = createApp({ functions: functionsOf(old) })
  expect(await call(before, 'removed')).toBe('200 "still here"')
  const fresh = await load(second)
  expect(fresh.Tasks).not.toBe(old.Tasks)
  await using after = createApp({ functions: functionsOf(fresh) })
  expect(await call(after, 'title')).toBe('200 "second"')
  for (const fn of ['removed', 'gone']) expect(await call(after, fn)).toBe('404 null')
  for (const fn of [old.Tasks.prototype['removed'], old.gone]) {
    await expect(after.call(fn ?? (() => undefined), [])).rejects.toThrow(
      'is not a function of this app',
    )
  }
  // Nor does the new app run the old version of what both have.
  await expect(after.call(old.Tasks.prototype['title'] ?? (() => undefined), [])).rejects.toThrow(
    'is not a function of this app',
  )
})

test('a call in flight during the swap finishes on the old version', async () => {
  await using load = await versions()
  let release: (() => void) | undefined
  Object.assign(globalThis, { held: new Promise<void>((resolve) => (release = resolve)) })
  const before = createApp({ functions: functionsOf(await load(first)) })
  await before.start()
  const inFlight = call(before, 'wait')
  await using after = createApp({ functions: functionsOf(await load(second)) })
  expect(await call(after, 'title')).toBe('200 "second"')
  const closed = before.close()
  expect(await call(before, 'title')).toBe('503 null')
  release?.()
  expect(await inFlight).toBe('200 "of the first version"')
  await closed
  expect(await call(after, 'title')).toBe('200 "second"')
})

test('an artifact that is older than the module stops the boot, naming what is gone', async () => {
  await using load = await versions()
  const { artifact } = functionsOf(await load(first))
  const { Tasks } = await load(second)
  const stale = defineFunctions(artifact, {
    title: [Tasks, 'title'],
    removed: [Tasks, 'removed'],
    count: [Tasks, 'count'],
    wait: [Tasks, 'wait'],
  })
  expect(() => createApp({ functions: stale })).toThrow(
    /gone \(collected#gone\): in the artifact, but not in the code[^]*removed \(collected#Tasks.removed\): in the artifact, but the code has no such member/,
  )
})
