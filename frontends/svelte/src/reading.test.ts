import '../../base/test/dom.ts'

import { describeReading } from '../../base/test/reading-conformance.ts'
import { buildPage } from '../test/build-page.ts'

const { createKernel, mount, unmount, Reading } =
  await buildPage<typeof import('../test/client.ts')>('client')

describeReading('Svelte', {
  createKernel,
  mount(target, props) {
    const page = mount(Reading, { target, props })
    return {
      show: (reading) => page['show'](reading),
      unmount: () => void unmount(page),
    }
  },
})
