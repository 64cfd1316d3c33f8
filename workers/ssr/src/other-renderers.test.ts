/** Vue and Svelte behind the interface that React has. */

import { symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createKernel, type Kernel } from '@mizan/base'
import { temporaryFolder } from '@mizan/testing/resources'
import { createMizan, useMizan } from '@mizan/vue'
import { compile } from 'svelte/compiler'
import { expect, test, vi } from 'vitest'
import { defineComponent, h, useSSRContext } from 'vue'
import { componentStackOf } from './component-stack.ts'
import type { RenderRequest } from './render-session.ts'
import { svelteRenderer, type SvelteRendererOptions, type SveltePage } from './svelte.ts'
import { vueRenderer } from './vue.ts'

function request(props: Record<string, unknown>, kernel: Kernel = createKernel()): RenderRequest {
  return { name: 'Page', props, kernel, signal: new AbortController().signal }
}

test('a Vue component is rendered with its props, its kernel and what it puts into the head', async () => {
  const kernel = createKernel()
  const Page = defineComponent({
    props: { name: { type: String, required: true } },
    setup(props) {
      const context = useSSRContext()
      if (context !== undefined) context['head'] = `<title>page</title>`
      const isSame = useMizan() === kernel
      return () => h('h1', [props.name, String(isSame)])
    },
  })
  const render = vueRenderer({ install: (app, one) => app.use(createMizan(one)) })
  expect(await render(Page, request({ name: '</script>' }, kernel))).toEqual({
    html: '<h1>&lt;/script&gt;true</h1>',
    head: '<title>page</title>',
  })
})

test('a Vue component that throws fails its render', async () => {
  const Page = defineComponent({
    setup() {
      throw new Error('no luck')
    },
  })
  await expect(vueRenderer()(Page, request({}))).rejects.toThrow('no luck')
})

test('in development an error in a Vue component says in which components it was thrown', async () => {
  const Inner = defineComponent({
    name: 'InnerPart',
    setup() {
      throw new Error('no luck')
    },
  })
  const Page = defineComponent({ name: 'OuterPage', setup: () => () => h('main', [h(Inner)]) })
  const stackIn = async (environment: string): Promise<string | undefined> => {
    vi.stubEnv('NODE_ENV', environment)
    const error: unknown = await Promise.resolve(vueRenderer()(Page, request({}))).catch((e) => e)
    vi.unstubAllEnvs()
    expect(error).toMatchObject({ message: 'no luck' })
    return componentStackOf(error as Error) // cast: as looked at above
  }
  expect(await stackIn('development')).toBe('at InnerPart\nat OuterPage')
  expect(await stackIn('production')).toBeUndefined()
})

const root = `<script>
  let { component: Page, props, kernel } = $props()
  const state = kernel.dehydrate()
</script>
<Page {...props} contexts={state.contexts.length} />`
const page = `<script>let { name, contexts } = $props()</script>
<svelte:head><title>{name}</title></svelte:head>
<h1>{name} {contexts}</h1>`
const failing = `<script>throw new Error('no luck')</script>`

type Load = (name: string, source: string) => Promise<unknown>

/** Compiles components into a folder of the test, where they find Svelte and each other. */
async function svelteComponents(): Promise<AsyncDisposable & { readonly load: Load }> {
  const folder = await temporaryFolder()
  const svelte = dirname(createRequire(import.meta.url).resolve('svelte/package.json'))
  await symlink(dirname(svelte), join(folder.path, 'node_modules'))
  return {
    async load(name, source) {
      const file = join(folder.path, `${name}.mjs`)
      const { js } = compile(source, { generate: 'server', filename: `${name}.svelte` })
      await writeFile(file, js.code)
      const module = (await import(pathToFileURL(file).href)) as { default: unknown } // cast: a compiled component
      return module.default
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

test('a Svelte component is rendered inside the root, with its props and its head', async () => {
  await using components = await svelteComponents()
  const { load } = components
  // cast: the compiler's output has no types
  const render = svelteRenderer({
    root: (await load('root', root)) as SvelteRendererOptions['root'],
  })
  const Page = (await load('page', page)) as SveltePage
  const { html, head } = await render(Page, request({ name: '</script>' }))
  expect(html).toContain('<h1>&lt;/script> 0</h1>')
  expect(head).toMatch(/<title>&lt;\/script(>|&gt;)<\/title>/)
  const Failing = (await load('failing', failing)) as SveltePage
  await expect(Promise.resolve(render(Failing, request({})))).rejects.toThrow('no luck')
})

test('in development an error in a Svelte component says in which components it was thrown', async () => {
  await using components = await svelteComponents()
  const { load } = components
  const template = `<script>let { name } = $props()</script><p>{name.first.second}</p>`
  await load('InnerPart', template)
  const around = `<script>import InnerPart from './InnerPart.mjs'</script>
{#each ['a'] as one (one)}<InnerPart name={one} />{/each}`
  const Page = (await load('OuterPage', around)) as SveltePage // cast: the compiler's output has no types
  const rootOf = (await load('RootOfAll', root)) as SvelteRendererOptions['root'] // cast: the same
  const stackIn = async (environment: string): Promise<string | undefined> => {
    vi.stubEnv('NODE_ENV', environment)
    const render = svelteRenderer({ root: rootOf })
    const error: unknown = await Promise.resolve(render(Page, request({}))).catch((e) => e)
    vi.unstubAllEnvs()
    expect(error).toBeInstanceOf(TypeError)
    return componentStackOf(error as Error) // cast: as looked at above
  }
  expect(await stackIn('development')).toBe('at InnerPart\nat OuterPage\nat RootOfAll')
  expect(await stackIn('production')).toBeUndefined()
})
