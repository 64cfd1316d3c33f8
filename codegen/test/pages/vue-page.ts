/** Probes as Vue components. */

import { createKernel } from '@mizan/base'
import { createMizan } from '@mizan/vue'
import { createApp, defineComponent, h, watchEffect } from 'vue'
import { fixturesFolder } from '../fixtures-folder.ts'
import type { ProbePage, ProbeProps } from './probe.ts'

const props = ['probe', 'report'] as const

const Member = defineComponent<ProbeProps>(
  ({ probe, report }) => {
    const { data, status, error } = probe.hook(() => probe.args)
    watchEffect(() => {
      if (status.value === 'success') report({ value: data.value })
      if (status.value === 'error') report({ error: error.value })
    })
    return () => null
  },
  { props: [...props] },
)

const Call = defineComponent<ProbeProps>(
  ({ probe, report }) => {
    probe
      .hook()
      .mutateAsync(probe.args)
      .then(
        (value: unknown) => report({ value }),
        (error: unknown) => report({ error }),
      )
    return () => null
  },
  { props: [...props] },
)

const Stream = defineComponent<ProbeProps>(
  ({ probe, report }) => {
    const { items, isStreaming, error, start } = probe.hook()
    start(probe.args)
    watchEffect(() => {
      if (isStreaming.value) return
      report(error.value === undefined ? { value: items.value } : { error: error.value })
    })
    return () => null
  },
  { props: [...props] },
)

/** Says hello when it is there, and reports what it hears from others. */
const Channel = defineComponent<ProbeProps>(
  ({ probe, report }) => {
    const { status, send } = probe.hook({
      onMessage: (value: unknown) => value === 'hello' || report({ value }),
    })
    watchEffect(() => {
      if (status.value === 'joined') send('hello')
    })
    return () => null
  },
  { props: [...props] },
)

const components = { member: Member, call: Call, stream: Stream, channel: Channel } as const

export const vuePage: ProbePage = {
  hooks: (fixture) => import(/* @vite-ignore */ `${fixturesFolder}/${fixture}/mizan/vue.gen.ts`),
  createKernel: (origin, ...layers) => createKernel({ origin }, ...layers),
  mount(target, kernel, parts) {
    const app = createApp({
      render: () => parts.map((part) => h(components[part.probe.kind], part)),
    })
    app.use(createMizan(kernel))
    app.mount(target)
    return () => app.unmount()
  },
}
