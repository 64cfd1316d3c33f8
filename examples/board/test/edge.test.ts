/** The Worker in workerd, before the real server: public contexts from its cache, never older than the last change. */

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Artifact, toManifest } from '@mizan/protocol'
import { createEdgePurger } from '@mizan/server'
import { createFilePageStore } from '@mizan/ssr'
import { temporaryFolder, workerd } from '@mizan/testing/resources'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type RunningBoard, startBoard } from './board.ts'
import { bela, websiteRelaunch } from './people.ts'

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const pushSecret = 'a push secret that only the tests know'
const resources = new AsyncDisposableStack()
let board: RunningBoard
let edge: Awaited<ReturnType<typeof workerd>>

beforeAll(async () => {
  const { path } = resources.use(await temporaryFolder())
  const toEdge = createEdgePurger({
    url: 'https://edge.example/api/mizan',
    secret: pushSecret,
    // The edge starts after the board, which it stands in front of.
    fetch: (_url, init) => fetch(`${edge.url}/api/mizan/purge/`, init),
  })
  board = resources.use(
    await startBoard({ pageStore: createFilePageStore({ folder: path }), purgers: [toEdge] }),
  )
  const { outputFiles } = await build({
    entryPoints: [file('../src/edge/worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['@mizan/source', 'workerd', 'worker'],
  })
  edge = resources.use(
    await workerd({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-01-01',
      bindings: { ORIGIN: board.url, PUSH_SECRET: pushSecret },
      durableObjects: { TAG_VERSIONS: 'TagVersions' },
    }),
  )
})
afterAll(() => resources.disposeAsync())

const read = (slug: string): Promise<Response> =>
  fetch(`${edge.url}/api/mizan/ctx/public_project/?slug=${slug}`)

test('a public project is answered by the edge once it knows which rows the answer came from', async () => {
  const answers: Response[] = []
  for (let reader = 0; reader < 3; reader += 1) answers.push(await read('design-system'))
  // The first answer names its data tags; only one that began when they were known may be kept.
  expect(answers.map(({ headers }) => headers.get('x-mizan-edge'))).toEqual(['miss', 'miss', 'hit'])
  const [first, , third] = await Promise.all(answers.map((answer) => answer.text()))
  expect(third).toBe(first)
})

test('after a change through the edge nobody reads the old page', async () => {
  for (let reader = 0; reader < 3; reader += 1) await read('website-relaunch')
  const member = board.visitor(edge.url)
  await member.call('sign_in', { person_id: bela })
  const created = await member.call('create_task', {
    project_id: websiteRelaunch,
    title: 'Seen at the edge at once',
  })
  expect(created.status).toBe(200)
  const after = await read('website-relaunch')
  expect(after.headers.get('x-mizan-edge')).toBe('miss')
  expect(await after.text()).toContain('Seen at the edge at once')
})

const visit = async (address: string, slug: string, cookie = ''): Promise<string> => {
  const response = await fetch(`${address}/p/${slug}/`, { headers: { cookie } })
  return `${response.status} ${response.headers.get('x-mizan-edge')} ${await response.text()}`
}

test('the page of a public project is rendered once, kept at the server, and served from the edge', async () => {
  const member = board.visitor(edge.url)
  await member.call('sign_in', { person_id: bela })
  for (let visitor = 0; visitor < 3; visitor += 1) await visit(edge.url, 'website-relaunch')
  expect(await visit(edge.url, 'website-relaunch')).toMatch(/^200 hit .*<h1>Website relaunch/s)
  // A change through the edge: whoever made it reads it at once.
  const title = 'Seen on the page at once'
  await member.call('create_task', { project_id: websiteRelaunch, title })
  expect(await visit(edge.url, 'website-relaunch', 'mizan-fresh=1')).toContain(`>${title}</li>`)
  expect(await visit(board.url, 'website-relaunch')).toContain(`>${title}</li>`)
})

test('a change that never passed the edge is on the page of the edge within a second', async () => {
  for (let visitor = 0; visitor < 4; visitor += 1) await visit(edge.url, 'website-relaunch')
  const member = await board.signedIn(bela)
  const title = 'Made beside the edge'
  await member.call('create_task', { project_id: websiteRelaunch, title })
  const answered = Date.now()
  await vi.waitFor(async () =>
    expect(await visit(edge.url, 'website-relaunch')).toContain(`>${title}</li>`),
  )
  expect(Date.now() - answered).toBeLessThan(1_000)
})

test('what belongs to somebody is not kept at the edge', async () => {
  const member = board.visitor(edge.url)
  await member.call('sign_in', { person_id: bela })
  const answers = [
    await member.get('global'),
    await member.get('global'),
    await board.visitor(edge.url).get('global'),
  ]
  expect(answers.map(({ headers }) => headers.get('x-mizan-edge'))).not.toContain('hit')
  expect(answers.map(({ body }) => body.current_user?.id ?? null)).toEqual([bela, bela, null])
})

test('the manifest is the one of the artifact', async () => {
  const json = async (path: string): Promise<unknown> =>
    JSON.parse(await readFile(file(path), 'utf8'))
  const artifact = (await json('../mizan/artifact.gen.json')) as Artifact // cast: codegen wrote it
  expect(await json('../mizan/manifest.gen.json'), 'run: npm run generate').toEqual(
    toManifest(artifact),
  )
})
