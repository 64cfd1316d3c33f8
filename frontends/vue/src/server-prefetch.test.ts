import { createKernel } from '@mizan/base'
import { createSSRApp, defineComponent, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, it } from 'vitest'

import { taskContext } from '../../base/test/board-client.ts'
import { boardServer } from '../../base/test/board-server.ts'
import { createContextProvider, createMizan, useContextMember } from './index.ts'

const provider = createContextProvider(taskContext, 'TaskContext')

const Title = defineComponent(() => {
  const { data, error } = useContextMember(provider, taskContext, 'taskDetail', { taskId: 5 })
  return () => h('h1', data.value?.title ?? error.value?.code)
})

it('a render on a server waits for what its composables show, and asks once', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin })
  const app = createSSRApp({ render: () => [h(Title), h(Title)] })
  app.use(createMizan(kernel, { serverPrefetch: true }))
  expect(await renderToString(app)).toContain('<h1>Task 5</h1><h1>Task 5</h1>')
  expect(server.log).toEqual(['GET task?task_id=5'])
})

it('a failure is shown, and does not end the render', async () => {
  await using server = await boardServer()
  server.answer('GET task', 503, '')
  const app = createSSRApp({ render: () => h(Title) })
  app.use(createMizan(createKernel({ origin: server.origin }), { serverPrefetch: true }))
  expect(await renderToString(app)).toContain('<h1>HTTP_503</h1>')
})
