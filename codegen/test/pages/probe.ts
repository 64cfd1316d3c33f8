/** A page that is nothing but uses of generated hooks, each of which reports what it got. */

import type { Kernel, KernelLayer } from '@mizan/base'

/** One use of one hook. */
export interface Probe {
  readonly kind: 'member' | 'call' | 'stream' | 'channel'
  /** The generated hook. */
  readonly hook: Hook
  /** Its params, or the arguments of its call. */
  readonly args: Readonly<Record<string, unknown>>
}

/** Whatever the binding's hooks are: each page knows its own. */
// oxlint-disable-next-line typescript/no-explicit-any -- cast: hooks are loaded by name; their types are checked where they are compiled
export type Hook = (...args: any[]) => any

/** What a hook came to. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What each component of a page is given. */
export interface ProbeProps {
  readonly probe: Probe
  report(outcome: Outcome): void
}

/** A way to put probes on a page. */
export interface ProbePage {
  /** Exports of a fixture's hooks. */
  hooks(fixture: string): Promise<Readonly<Record<string, Hook>>>
  /** From the same bundle as the hooks. */
  createKernel(origin: string, ...layers: readonly KernelLayer[]): Kernel
  /** Mounts; the function that it returns unmounts. */
  mount(target: HTMLElement, kernel: Kernel, parts: readonly ProbeProps[]): () => void
}

/** Shows all probes at once, and resolves with what each came to. */
export async function showProbes(
  page: ProbePage,
  kernel: Kernel,
  probes: readonly Probe[],
): Promise<readonly Outcome[]> {
  const target = document.body.appendChild(document.createElement('div'))
  let unmount: (() => void) | undefined
  try {
    const outcomes: Promise<Outcome>[] = []
    const parts = probes.map((probe): ProbeProps => {
      let report: ProbeProps['report'] = () => {}
      outcomes.push(new Promise((resolve) => (report = resolve)))
      return { probe, report }
    })
    unmount = page.mount(target, kernel, parts)
    return await Promise.all(outcomes)
  } finally {
    unmount?.()
    target.remove()
  }
}
