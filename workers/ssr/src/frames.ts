/** The frames between the bridge and the render worker: one JSON object a line (PROTOCOL section 8). */

/** What the bridge writes. */
export type BridgeFrame =
  | { readonly id: number; readonly method: 'render'; readonly params: RenderParams }
  | { readonly id: number; readonly method: 'cancel' }
  /** So many characters of a stream were taken, its state included. */
  | { readonly id: number; readonly method: 'take'; readonly length: number }
  | { readonly id: number; readonly method: 'ping' }
  | { readonly id?: number; readonly method: 'shutdown' }

/** What one render is of. */
export interface RenderParams {
  readonly component: string
  readonly props: Readonly<Record<string, unknown>>
  /** What the render's kernel starts with: the state that a kernel dehydrated. */
  readonly state?: unknown
  /** Whether the page is wanted piece by piece. */
  readonly stream?: true
  /** For scripts that the page's library writes between the pieces. */
  readonly nonce?: string | undefined
}

/** An error as it leaves the worker. */
export interface FrameError {
  readonly message: string
  readonly stack?: string
  /** In which components; only in development. */
  readonly componentStack?: string
}

/** A piece of a page. */
export interface ChunkFrame {
  readonly id: number
  readonly chunk: string
  /** Of the first piece: elements for the document's head. */
  readonly head?: string
  /** Of a piece that is complete HTML: JSON of `{ contexts, pending }`, what its kernel has come to know since the one before. */
  readonly state?: string
}

/** What the worker writes. Each `render` gets exactly one of html, end or error, a cancelled one included. */
export type WorkerFrame =
  | { readonly id: 0; readonly ready: true }
  | { readonly id: number; readonly started: true }
  | { readonly id: number; readonly html: string; readonly state: unknown; readonly head: string }
  | ChunkFrame
  | { readonly id: number; readonly end: true; readonly state: unknown }
  | { readonly id: number; readonly error: FrameError }
  | { readonly id?: number; readonly pong: true; readonly rss?: number }

/**
 * The descriptors that carry the frames from the worker, and to it; 1 and 2 stay free for `console`. Two of them, as a
 * write to a process that has just ended closes its stream, and with it what that process wrote last.
 */
export const replyDescriptor = 3
export const requestDescriptor = 4

/** Characters of a piece, as they are counted on both sides. */
export function lengthOf({ chunk, head = '', state = '' }: Omit<ChunkFrame, 'id'>): number {
  return chunk.length + head.length + state.length
}

/** Bytes that one frame may have in either direction: 32 MiB. */
export const maximumFrameBytes: number = 32 * 1024 * 1024

/** Characters of one stream that may wait for who reads it; with more, the worker waits. */
export const streamWindow: number = 256 * 1024

/** Environment variable with the process id of the bridge. */
export const serverVariable = 'MIZAN_SSR_SERVER'

/** Environment variable through which the bridge tells the worker where its kernels fetch contexts. */
export const originVariable = 'MIZAN_SSR_ORIGIN'
