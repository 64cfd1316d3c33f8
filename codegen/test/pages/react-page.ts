/** Probes as React components. */

import { createKernel } from '@mizan/base'
import { MizanProvider } from '@mizan/react'
import { createElement, useEffect, useRef } from 'react'
import { createRoot } from 'react-dom/client'
import { fixturesFolder } from '../fixtures-folder.ts'
import type { ProbePage, ProbeProps } from './probe.ts'

function Member({ probe, report }: ProbeProps): null {
  const { data, status, error } = probe.hook(probe.args)
  useEffect(() => {
    if (status === 'success') report({ value: data })
    if (status === 'error') report({ error })
  }, [data, status, error, report])
  return null
}

function Call({ probe, report }: ProbeProps): null {
  const { mutateAsync } = probe.hook()
  useEffect(() => {
    mutateAsync(probe.args).then(
      (value: unknown) => report({ value }),
      (error: unknown) => report({ error }),
    )
  }, [mutateAsync, probe, report])
  return null
}

function Stream({ probe, report }: ProbeProps): null {
  const isStarted = useRef(false)
  const { items, isStreaming, error, start } = probe.hook()
  useEffect(() => {
    if (!isStarted.current) start(probe.args)
    else if (!isStreaming) report(error === undefined ? { value: items } : { error })
    isStarted.current = true
  }, [items, isStreaming, error, start, probe, report])
  return null
}

/** Says hello when it is there, and reports what it hears from others. */
function Channel({ probe, report }: ProbeProps): null {
  const { status, send } = probe.hook({
    onMessage: (value: unknown) => value === 'hello' || report({ value }),
  })
  useEffect(() => {
    if (status === 'joined') send('hello')
  }, [status, send])
  return null
}

const components = { member: Member, call: Call, stream: Stream, channel: Channel } as const

export const reactPage: ProbePage = {
  hooks: (fixture) => import(/* @vite-ignore */ `${fixturesFolder}/${fixture}/mizan/react.gen.ts`),
  createKernel: (origin, ...layers) => createKernel({ origin }, ...layers),
  mount(target, kernel, parts) {
    const root = createRoot(target)
    const children = parts.map((props, key) =>
      createElement(components[props.probe.kind], { ...props, key }),
    )
    root.render(createElement(MizanProvider, { kernel }, ...children))
    return () => root.unmount()
  },
}
