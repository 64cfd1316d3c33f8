import '../../base/test/dom.ts'

import { describeBinding, type PageProps } from '../../base/test/binding-conformance.ts'
import { buildPage } from '../test/build-page.ts'

const { createKernel, mount, unmount, Page, User, WithoutProvider } =
  await buildPage<typeof import('../test/client.ts')>('client')
const server = await buildPage<typeof import('../test/server.ts')>('server')

const render: PageProps['render'] = (_, text) => text

describeBinding('Svelte', {
  createKernel,
  mount(target, props) {
    const page = mount(Page, { target, props })
    return {
      show: (taskId) => page['show'](taskId),
      unmount: () => void unmount(page),
    }
  },
  renderToString: async (props) => (await server.render(server.Page, { props })).body,
  renderWithoutProvider: (kernel) =>
    mount(WithoutProvider, {
      target: document.createElement('div'),
      props: { kernel, render },
    }),
  renderWithoutKernel: () =>
    mount(User, { target: document.createElement('div'), props: { render } }),
  provider: 'provideTaskContext(() => ({ taskId }))',
})
