/** What renders components outside the server's process: its interface, its options and its token for `inject`. */

import { defineToken, type Token } from '@mizan/server'

/** How the render worker is run. */
export interface RendererOptions {
  /** The file that calls `startWorker`; a path is taken from the current folder. Bun runs TSX as it is. */
  readonly worker: string | URL
  /**
   * Milliseconds that a render may take once it has started.
   * @default 5000
   */
  readonly timeout?: number
  /**
   * Worker processes, about 70 MB each. A render that hangs holds up one of them until its time is over.
   * @default one less than the processors, at least 2 and at most 4
   */
  readonly processes?: number
  /**
   * Renders that may wait for a process; more are refused with `UNAVAILABLE`.
   * @default 1000
   */
  readonly maximumQueue?: number
  /** Where kernels fetch the contexts that a page reads, without any credentials: `http://127.0.0.1:3000`. */
  readonly origin?: string
  /** Added to the worker's environment; `NODE_ENV` is `production` unless it stands here. */
  readonly environment?: Readonly<Record<string, string>>
  /** Flags for Bun, before the file: `['--conditions=development']`. */
  readonly flags?: readonly string[]
  /**
   * Renders after which a worker process is replaced by a fresh one.
   * @default 10,000
   */
  readonly maximumRenders?: number
  /**
   * Bytes of memory above which a worker process is replaced.
   * @default 512 MiB
   */
  readonly maximumMemory?: number
  /**
   * What runs the worker. Node takes TypeScript and JSX with `tsx` beside the worker file, otherwise JavaScript only. Where there is no
   * Bun, Node is used and `onOutput` is told.
   * @default 'bun'
   */
  readonly runtime?: 'bun' | 'node'
  /**
   * Path of the Bun binary.
   * @default the one that npm installed, otherwise the one on the path
   */
  readonly bun?: string
  /**
   * Takes what components print.
   * @default writes it to stderr
   */
  readonly onOutput?: (text: string) => void
}

/** Options of one render. */
export interface RenderOptions {
  /** What the kernel of this render starts with: a kernel's `dehydrate()`. */
  readonly state?: unknown
  /** Milliseconds; the renderer's own by default. The time in which nobody takes what a stream has sent is not counted. */
  readonly timeout?: number
  /** For a Content-Security-Policy that names one: of the scripts with which React puts late pieces of a stream in their places. */
  readonly nonce?: string
  readonly signal?: AbortSignal
}

/** One rendered page, in the parts of which {@link renderDocument} makes a document. */
export interface Rendered {
  readonly html: string
  /** What the page's kernel knew at the end; the browser's kernel starts with it. */
  readonly state: unknown
  /** `<title>`, `<meta>` and `<link>` elements that components rendered. */
  readonly head: string
}

/** A piece of a page that is on its way. */
export interface StreamedPiece {
  readonly html: string
  /** Of the first piece: elements that components rendered for the document's head. */
  readonly head?: string
  /**
   * The first piece has it when the page can be taken over piece by piece: each piece is then complete HTML, the first one what stands in
   * the root element, the later ones what follows it. JSON of `{ contexts, pending }`: what is new for the browser's kernel, before
   * the piece is shown, and the keys of what will come with later ones.
   */
  readonly state?: string
}

/** Renders components by name. */
export interface Renderer extends AsyncDisposable {
  /**
   * Starts the processes; settles when the first one is ready. The first render does the same.
   *
   * @throws MizanError `UNAVAILABLE` with what the worker printed, when it does not start.
   */
  start(): Promise<void>
  /**
   * Renders one component.
   *
   * @param props JSON.
   * @throws RenderError when the component throws or is not registered.
   * @throws MizanError `TIMEOUT` when it takes too long, `UNAVAILABLE` when no process can render it,
   *   `PAYLOAD_TOO_LARGE` when the props exceed 32 MiB.
   * @throws the reason of `signal`.
   * @see PROTOCOL section 8
   */
  render(
    component: string,
    props: Readonly<Record<string, unknown>>,
    options?: RenderOptions,
  ): Promise<Rendered>
  /**
   * Renders one component piece by piece, for a worker whose `stream` can. What was taken cannot be taken back: an error ends the
   * iteration half way. Who stops iterating cancels the render; who is slow makes the worker wait, with 256 Ki characters in between.
   *
   * @returns the pieces, and at their end the whole state; {@link streamDocument} makes a document of both
   * @throws as {@link Renderer.render}
   */
  stream(
    component: string,
    props: Readonly<Record<string, unknown>>,
    options?: RenderOptions,
  ): AsyncGenerator<StreamedPiece, unknown, void>
  /** Whether a process answers within a second. */
  health(): Promise<boolean>
  /** Lets what has begun finish, then ends the processes. */
  close(): Promise<void>
}

/** For `inject(Renderer)` in a service. */
export const Renderer: Token<Renderer> = defineToken<Renderer>('Renderer')
