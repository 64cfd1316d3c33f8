import { expect, test } from 'vitest'
import { sourceProject } from '../../test/source-project.ts'

test('all forms of client are found, by any name', async () => {
  await using project = await sourceProject({
    'again.ts': `export { client as mark } from '@mizan/server'`,
    'a.ts': `
      import { client as c } from '@mizan/server'
      import * as server from '@mizan/server'
      import { mark } from './again.ts'
      function plain(text: string): string { return text }
      export class Tasks {
        @c bare(): void {}
        @c() empty(): void {}
        @c({ rev: 2 }) async withOptions(taskId: number): Promise<void> {}
        @server.client static fixed(): void {}
        unmarked(): void {}
      }
      export const echo = mark((text: string) => text)
      export const limited = c({ timeout: 5_000 }, (text: string, limit = 10) => text.slice(limit))
      const inner = (c(plain))
      export { inner as renamed }
      export default class { @c viaDefault(): void {} }`,
  })
  const { artifact } = await project.generate()
  const sources = Object.entries(artifact?.functions ?? {}).map(
    ([wire, fn]) => `${wire} ${fn.source}`,
  )
  expect(sources).toEqual([
    'bare src/a.ts#Tasks.bare',
    'echo src/a.ts#echo',
    'empty src/a.ts#Tasks.empty',
    'fixed src/a.ts#Tasks.fixed',
    'inner src/a.ts#renamed',
    'limited src/a.ts#limited',
    'via_default src/a.ts#default.viaDefault',
    'with_options src/a.ts#Tasks.withOptions',
  ])
  expect(artifact?.functions['limited']).toMatchObject({
    timeout: 5000,
    params: [
      { name: 'text', required: true },
      { name: 'limit', required: false, schema: { type: 'number' } },
    ],
  })
  expect(await project.generated('server.gen.ts')).toContain(`    inner: [m0.renamed],`)
  expect(await project.generated('server.gen.ts')).toContain(`    fixed: [m0.Tasks, 'fixed'],`)
})

test('standard decorators are read like legacy ones', async () => {
  await using project = await sourceProject(
    {
      'a.ts': 'export class A { @client({ rev: 1 }) static one(id: number): string { return "" } }',
    },
    { tsconfig: { experimentalDecorators: false } },
  )
  const { artifact } = await project.generate()
  expect(artifact?.functions['one']).toMatchObject({ key: 'one', rev: 1, params: [{ name: 'id' }] })
})

test('what an abstract generic class marks is served by its heirs, with their types', async () => {
  await using project = await sourceProject({
    'crud.ts': `
      import { client } from '@mizan/server'
      export abstract class Crud<Row> {
        @client async list(filter?: Partial<Row>): Promise<Row[]> { return [] }
      }`,
    'tasks.ts': `
      import { Crud } from './crud.ts'
      export interface Task { id: number }
      export class Tasks extends Crud<Task> {}`,
  })
  const { artifact } = await project.generate()
  expect(artifact?.functions['list']).toMatchObject({
    source: 'src/tasks.ts#Tasks.list',
    result: { type: 'array', items: { $ref: '#/$defs/Task' } },
  })
})

test('a destructured parameter is its properties', async () => {
  await using project = await sourceProject({
    'a.ts': `export const find = client(({ userId, limit = 10 }: { userId: number; limit?: number }) => userId + limit)`,
  })
  const { artifact } = await project.generate()
  expect(artifact?.functions['find']).toMatchObject({
    destructured: true,
    params: [
      { name: 'user_id', key: 'userId', required: true },
      { name: 'limit', required: false },
    ],
  })
})

test('an input schema says what a function takes', async () => {
  await using project = await sourceProject({
    'a.ts': `
      import { client } from '@mizan/server'
      declare const schema: { readonly '~standard': { readonly types?: { readonly input: { pageSize: number }; readonly output: { pageSize: number } } | undefined } }
      export const list = client({ input: schema }, (input: { pageSize: number }) => input.pageSize)`,
  })
  const { artifact } = await project.generate()
  expect(artifact?.functions['list']).toMatchObject({
    input: true,
    params: [{ name: 'page_size', key: 'pageSize' }],
  })
})

test('options may be constants of any module, in arithmetic, spreads and enums', async () => {
  await using project = await sourceProject({
    'shared.ts': `
      import { defineContext } from '@mizan/server'
      export const minute = 60
      export enum Rev { First = 1, Second }
      export const UserContext = defineContext('user')
      export const slow = { timeout: 10 * 1_000, auth: 'staff' } as const`,
    'a.ts': `
      import { client, GlobalContext } from '@mizan/server'
      import { minute, Rev, slow, UserContext } from './shared.ts'
      const cache = { ttl: 5 * minute }
      const both = [UserContext.own, GlobalContext]
      export const user = client({ context: UserContext, cache, rev: Rev.Second }, (id: number) => id)
      export const me = client({ context: GlobalContext, auth: (p) => p.staff }, () => 1)
      export const save = client({ ...slow, affects: [...both, UserContext.only('user')], methods: ['PUT'], route: \`/u/\${minute}/\` }, () => {})`,
  })
  const { artifact } = await project.generate()
  expect(artifact?.functions['user']).toMatchObject({
    context: 'user',
    cache: { ttl: 300 },
    rev: 2,
  })
  expect(artifact?.functions['me']).toMatchObject({ context: 'global', auth: 'custom' })
  expect(artifact?.functions['save']).toMatchObject({
    timeout: 10_000,
    auth: 'staff',
    methods: ['PUT'],
    route: '/u/60/',
    affects: [
      { context: 'user', own: true },
      { context: 'global' },
      { context: 'user', function: 'user' },
    ],
  })
})

test('the members of a context share its params, required when any requires them', async () => {
  const files = {
    'a.ts': `
      const TaskContext = defineContext('task')
      export const taskDetail = client({ context: TaskContext }, (taskId: number) => '')
      export const taskComments = client({ context: TaskContext }, (taskId?: number, limit?: number) => [''])
      export const secret = client({ context: TaskContext, private: true, route: '/s/' }, (only: string) => '')
      export const page = client({ context: TaskContext, route: '/t/:taskId/' }, (taskId: number) => new Response())`,
  }
  await using project = await sourceProject(files, { tsconfig: { lib: ['es2023', 'dom'] } })
  const { artifact } = await project.generate()
  expect(artifact?.contexts['task']).toEqual({
    functions: ['task_comments', 'task_detail'],
    params: [
      { name: 'limit', key: 'limit', required: false, schema: { type: 'number' } },
      { name: 'task_id', key: 'taskId', required: true, schema: { type: 'number' } },
    ],
  })
  expect(artifact?.functions['page']).toMatchObject({ view: true, route: '/t/:taskId/' })
  const text = await project.generated('client.gen.ts')
  expect(text).not.toMatch(/secret|page/i)
})

test('a name given to client names the wire and the hooks', async () => {
  await using project = await sourceProject(
    {
      'a.ts': `
        export class Users { @client({ name: 'user_list' }) list(): void {} }
        export class Tasks { @client list(): void {} }`,
    },
    { targets: ['react'] },
  )
  const { artifact } = await project.generate()
  expect(Object.keys(artifact?.functions ?? {})).toEqual(['list', 'user_list'])
  expect(await project.generated('react.gen.ts')).toContain('export function useUserList()')
  expect(await project.generated('server.gen.ts')).toContain(`user_list: [m0.Users, 'list'],`)
})

test('names that are words of JavaScript, or of the runtime, stay out of its way', async () => {
  await using project = await sourceProject(
    {
      'a.ts': `
        export class Tasks { @client delete(id: number): void {} }
        export const call = client((mutation: string) => mutation)
        export const mutation = client(() => 1)`,
    },
    { targets: ['react'] },
  )
  await project.generate()
  const text = await project.generated('client.gen.ts')
  expect(text).toContain('export const deleteFunction: CallDescriptor<DeleteArgs, DeleteResult>')
  expect(text).toContain('import { call as mizanCall, ')
  expect(await project.generated('react.gen.ts')).toMatch(
    /type MutationResult as MizanMutationResult,\n\s+useMutation as mizanUseMutation,/,
  )
})

test('documentation travels to types and hooks', async () => {
  await using project = await sourceProject(
    {
      'a.ts': `
        /** One card. */
        interface Card {
          /** What to do, in */ title: string
        }
        /**
         * Moves a card. Ends here: *\\/
         *
         * @param cardId Which one.
         */
        export const moveCard = client((cardId: number): Card => ({ title: '' }))`,
    },
    { targets: ['react', 'vue', 'svelte'] },
  )
  const { artifact } = await project.generate()
  expect(artifact?.functions['move_card']).toMatchObject({
    doc: expect.stringMatching(/^Moves a card\./),
    params: [{ schema: { type: 'number', description: 'Which one.' } }],
  })
  const client = await project.generated('client.gen.ts')
  expect(client).toContain(
    '/** One card. */\nexport interface Card {\n  /** What to do, in */\n  title: string\n}',
  )
  expect(client).toContain('  /** Which one. */\n  cardId: number')
  for (const target of ['react', 'vue', 'svelte']) {
    expect(await project.generated(`${target}.gen.ts`)).toMatch(
      /\/\*\* Moves a card\.[^\n]*\*\/\nexport function useMoveCard\(\)/,
    )
  }
})
