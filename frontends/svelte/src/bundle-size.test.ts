import { expect, it } from 'vitest'

import { gzipBytes, kernelSource } from '../../base/test/bundle-size.ts'

it('the binding adds at most 1536 bytes to a page with a kernel, compressed', async () => {
  const kernel = await gzipBytes(kernelSource)
  const page = await gzipBytes(`${kernelSource}export * from '@mizan/svelte'`)
  expect(page - kernel).toBeLessThanOrEqual(1536)
})

it('a form adds at most 5632 bytes to a page that has the binding', async () => {
  const page = `${kernelSource}export * from '@mizan/svelte'\n`
  const withForm = await gzipBytes(`${page}export { useForm } from '@mizan/svelte/form'`)
  expect(withForm - (await gzipBytes(page))).toBeLessThanOrEqual(5632)
})
