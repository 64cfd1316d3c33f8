import { build } from 'esbuild'
import { expect, it } from 'vitest'

/** What a page downloads of `source` when it is built for production or for development. */
async function bundle(source: string, mode: 'production' | 'development'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@mizan/source'],
    external: ['react', 'vue', 'svelte'],
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
  })
  return outputFiles[0]?.text ?? ''
}

const page = `import { createKernel } from '@mizan/base'
export const kernel = createKernel({}, (request, next) => next(request))`

const watched = `import { createKernel } from '@mizan/base'
import { devtools, openDevtools } from '@mizan/base/devtools'
export const kernel = createKernel({}, devtools())
openDevtools(kernel)`

it('a production bundle has nothing of the developer tools', async () => {
  const development = await bundle(watched, 'development')
  expect(development).toContain('mizan-devtools')
  const production = await bundle(watched, 'production')
  expect(production).not.toMatch(/attachShadow|Timeline|tabpanel|mizan-devtools/)
  // What is left are a layer that hands on, and a function that does nothing.
  expect(production.length - (await bundle(page, 'production')).length).toBeLessThanOrEqual(80)
})

it.each(['react', 'vue', 'svelte'])('nor has one with the panel of @mizan/%s', async (binding) => {
  const source = `export * from '@mizan/${binding}/devtools'`
  expect(await bundle(source, 'development')).toContain('mizan-devtools')
  const production = await bundle(source, 'production')
  expect(production).not.toMatch(/attachShadow|Timeline|tabpanel/)
  expect(production.length).toBeLessThan(800)
})
