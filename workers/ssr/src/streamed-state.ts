/** What the kernel of a streamed page has come to know, told piece by piece. */

import type { Kernel, KernelLayer } from '@mizan/base'
import type { RenderResult } from './render-session.ts'

/** A piece of a page that is complete HTML. The first is what stands in the root element, the later ones stand behind it. */
export type CompletePiece = RenderResult

type Store = Parameters<NonNullable<KernelLayer['attach']>>[1]

/** Of one render. */
export class StreamedState {
  /** For the kernel of the render. */
  readonly layer: KernelLayer
  readonly #sent = new Set<string>()
  #pending = '[]'
  #isBegun = false
  #kernel: Kernel | undefined
  #store: Store | undefined

  constructor() {
    this.layer = Object.assign<KernelLayer, Pick<KernelLayer, 'attach'>>(
      (request, next) => next(request),
      {
        attach: (kernel, store) => {
          this.#kernel = kernel
          this.#store = store
        },
      },
    )
  }

  /**
   * JSON of `{ contexts, pending }`: what was read since the last time, and the keys of what is being asked for, which will come too.
   * `undefined` when nothing of that is new.
   */
  next(): string | undefined {
    const instances = this.#store?.instances() ?? []
    const read = new Set(instances.map(({ address }) => address.key))
    const loading = instances.filter((instance) => instance.read().status === 'loading')
    return this.#tell(
      (key) => read.has(key),
      loading.map(({ address }) => address.key),
    )
  }

  /** The same of all the rest, also what was given to the page and not read by it. */
  rest(): string | undefined {
    return this.#isBegun ? this.#tell(() => true, []) : undefined
  }

  #tell(isWanted: (key: string) => boolean, pending: readonly string[]): string | undefined {
    const all = this.#kernel?.dehydrate().contexts ?? []
    const contexts = all.filter(({ key }) => isWanted(key) && !this.#sent.has(key))
    for (const { key } of contexts) this.#sent.add(key)
    const before = this.#pending
    this.#pending = JSON.stringify(pending)
    if (this.#isBegun && contexts.length === 0 && this.#pending === before) return undefined
    this.#isBegun = true
    return JSON.stringify({ contexts, pending })
  }
}
