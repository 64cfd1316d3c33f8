/** One render on its way through the pool. */

import type { OnChunk } from './chunks.ts'
import type { Rendered } from './renderer.ts'

/** A render that has been asked for and not yet answered. */
export interface RenderJob {
  readonly component: string
  /** The `params` of its frame, as JSON. */
  readonly params: string
  /** Milliseconds from its start. */
  readonly timeout: number
  /** Whether it already left one process that had to be ended. */
  moved: boolean
  /** Tells the process that has it that nobody waits any more. */
  cancel: (() => void) | undefined
  /** Takes the page piece by piece; absent when it is wanted as a whole. */
  readonly onChunk?: OnChunk
  /** Whether a piece has been taken: from then on nobody else can render it. */
  hasChunks?: true
  resolve(rendered: Rendered): void
  reject(error: unknown): void
}
