/** The Worker in workerd, before the real server: what it answers from its cache is never older than the last change, and never of somebody else. */

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Artifact, toManifest } from '@mizan/protocol'
import { createEdgePurger } from '@mizan/server'
import { createFilePageStore } from '@mizan/ssr'
import { eventually, shortest, temporaryFolder, workerd } from '@mizan/testing/resources'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTokenKeys, readTokenKeys } from '../src/server/token-keys.ts'
import { type RunningBoard, startBoard, type Visitor } from './board.ts'
import { ada, bela, websiteRelaunch } from './people.ts'

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const tokenKeys = createTokenKeys()
const pushSecret = 'a push secret that only the tests know'
const resources = new AsyncDisposableStack()
let board: RunningBoard
let edge: Awaited<ReturnType<typeof workerd>>
let isEdgeUp = false

beforeAll(async () => {
  const { path } = resources.use(await temporaryFolder())
  const toEdge = createEdgePurger({
    url: 'https://edge.example/api/mizan',
    secret: pushSecret,
    // The edge starts after the board, which it stands in front of; until then it keeps nothing.
    fetch: async (_url, init) =>
      isEdgeUp
        ? await fetch(`${edge.url}/api/mizan/purge/`, init)
        : new Response(null, { status: 204 }),
  })
  board = resources.use(
    await startBoard({
      pageStore: createFilePageStore({ folder: path }),
      purgers: [toEdge],
      readKeys: readTokenKeys(tokenKeys.server),
    }),
  )
  const { outputFiles } = await build({
    entryPoints: [file('../src/edge/worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['@mizan/source', 'workerd', 'worker'],
  })
  const deployed = await readDeployment()
  edge = resources.use(
    await workerd({
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: deployed.compatibility_date,
      bindings: {
        ...deployed.vars,
        ORIGIN: board.url,
        PUSH_SECRET: pushSecret,
        MWT_KEYS: tokenKeys.edge,
      },
      durableObjects: Object.fromEntries(
        deployed.durable_objects.bindings.map((binding) => [binding.name, binding.class_name]),
      ),
    }),
  )
  isEdgeUp = true
})
afterAll(() => resources.disposeAsync())

interface Deployment {
  readonly compatibility_date: string
  readonly vars: Record<string, string>
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[]
  }
}

/** What `wrangler deploy` is told. */
async function readDeployment(): Promise<Deployment> {
  const text = await readFile(file('../wrangler.json'), 'utf8')
  return JSON.parse(text) as Deployment // cast: the file of this folder
}

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
  const member = await board.signedIn(bela)
  const untilRead = async (attempt: number): Promise<number> => {
    for (let visitor = 0; visitor < 4; visitor += 1) await visit(edge.url, 'website-relaunch')
    const title = `Made beside the edge, ${attempt}`
    await member.call('create_task', { project_id: websiteRelaunch, title })
    const answered = performance.now()
    await eventually(async () =>
      expect(await visit(edge.url, 'website-relaunch')).toContain(`>${title}</li>`),
    )
    return performance.now() - answered
  }
  expect(await shortest(untilRead, { under: 1_000 })).toBeLessThan(1_000)
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

async function signedIn(person: number): Promise<{ visitor: Visitor; token: string }> {
  const visitor = board.visitor(edge.url)
  await visitor.call('sign_in', { person_id: person })
  const { body } = await visitor.call('mwt_obtain', {})
  return { visitor, token: body.result.token }
}

test('with a token, what belongs to one is kept at the edge for that one, until it changes', async () => {
  const [first, second] = [await signedIn(ada), await signedIn(bela)]
  const outcomes: (string | null)[] = []
  for (let reader = 0; reader < 3; reader += 1) {
    for (const { visitor, token } of [first, second]) {
      const { headers, body } = await visitor.get('global', {}, token)
      outcomes.push(headers.get('x-mizan-edge'))
      expect(body.current_user.id).toBe(token === first.token ? ada : bela)
    }
  }
  expect(outcomes.slice(-2)).toEqual(['hit', 'hit'])
  // Neither a forged token nor none finds what is kept.
  const forged = await second.visitor.get('global', {}, `${first.token.slice(0, -4)}AAAA`)
  expect([forged.status, forged.headers.get('x-mizan-edge')]).toEqual([401, 'pass'])
  const nobody = await board.visitor(edge.url).get('global')
  expect(nobody.body.current_user).toBe(null)
  const name = 'Renamed through the edge'
  const renamed = await first.visitor.call('rename_project', { project_id: websiteRelaunch, name })
  expect(renamed.status).toBe(200)
  const after = await second.visitor.get('global', {}, second.token)
  expect(JSON.stringify(after.body.my_workspaces)).toContain(name)
})

test('the manifest is the one of the artifact', async () => {
  const json = async (path: string): Promise<unknown> =>
    JSON.parse(await readFile(file(path), 'utf8'))
  const artifact = (await json('../mizan/artifact.gen.json')) as Artifact // cast: codegen wrote it
  expect(await json('../mizan/manifest.gen.json'), 'run: npm run generate').toEqual(
    toManifest(artifact),
  )
})
