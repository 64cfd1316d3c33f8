import { expect, it } from 'vitest'

import { gzipBytes } from '../test/bundle-size.ts'

it('the kernel takes at most 4096 bytes of a page, compressed', async () => {
  expect(await gzipBytes(`export { createKernel } from '@mizan/base'`)).toBeLessThanOrEqual(4096)
})
