import { expect, it } from 'vitest'

import { gzipBytes, kernelSource } from '../../base/test/bundle-size.ts'

it('the binding adds at most 1536 bytes to a page with a kernel, compressed', async () => {
  const kernel = await gzipBytes(kernelSource)
  const page = await gzipBytes(`${kernelSource}export * from '@mizan/react'`)
  expect(page - kernel).toBeLessThanOrEqual(1536)
})
