/** Probes as React components. */

import { createKernel } from '@mizan/base'
import { MizanProvider } from '@mizan/react'
import { createElement, useEffect } from 'react'
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

export const reactPage: ProbePage = {
  hooks: (fixture) => import(/* @vite-ignore */ `${fixturesFolder}/${fixture}/mizan/react.gen.ts`),
  createKernel: (origin) => createKernel({ origin }),
  mount(target, kernel, parts) {
    const root = createRoot(target)
    const children = parts.map((props, key) =>
      createElement(props.probe.kind === 'member' ? Member : Call, { ...props, key }),
    )
    root.render(createElement(MizanProvider, { kernel }, ...children))
    return () => root.unmount()
  },
}
