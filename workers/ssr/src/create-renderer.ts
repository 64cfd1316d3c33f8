/** Makes a renderer: Bun, its environment and the pool around it. */

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MizanError } from '@mizan/protocol'
import { maximumFrameBytes, originVariable, type RenderParams, serverVariable } from './frames.ts'
import { type OnChunk, toChunks } from './chunks.ts'
import type { RenderJob } from './render-job.ts'
import { runtimeCommand } from './runtime-command.ts'
import { RenderPool } from './render-pool.ts'
import type { Rendered, Renderer, RendererOptions, RenderOptions } from './renderer.ts'

const defaultTimeout = 5_000
const healthTimeout = 1_000
/** What the frame adds to its params. */
const frameOverhead = 64

/**
 * Renders components in Bun processes that run `options.worker`. Close it, or the processes keep this one alive.
 *
 * @throws MizanError `UNAVAILABLE` when there is no Bun.
 */
export function createRenderer(options: RendererOptions): Renderer {
  const worker =
    options.worker instanceof URL ? fileURLToPath(options.worker) : resolve(options.worker)
  const timeout = options.timeout ?? defaultTimeout
  const onOutput = options.onOutput ?? ((text: string) => void process.stderr.write(text))
  const { variables, ...command } = runtimeCommand(worker, options, { onOutput })
  const pool = new RenderPool(
    {
      ...command,
      environment: {
        ...process.env,
        ...variables,
        NODE_ENV: 'production',
        [serverVariable]: String(process.pid),
        ...(options.origin === undefined ? {} : { [originVariable]: options.origin }),
        ...options.environment,
      },
    },
    {
      processes: options.processes ?? Math.min(4, Math.max(2, availableParallelism() - 1)),
      maximumQueue: options.maximumQueue ?? 1_000,
      maximumRenders: options.maximumRenders ?? 10_000,
      maximumMemory: options.maximumMemory ?? 512 * 1024 * 1024,
      onOutput,
    },
  )
  const close = () => pool.close(timeout)

  function run(
    params: RenderParams,
    { signal, timeout: limit = timeout }: RenderOptions,
    onChunk?: OnChunk,
  ) {
    return new Promise<Rendered>((done, fail) => {
      signal?.throwIfAborted()
      const job: RenderJob = {
        component: params.component,
        params: toParams(params),
        timeout: limit,
        moved: false,
        cancel: undefined,
        ...(onChunk && { onChunk }),
        resolve: (rendered) => settle(() => done(rendered)),
        reject: (error) => settle(() => fail(error)),
      }
      const cancel = pool.add(job)
      const abort = () => {
        cancel()
        settle(() => fail(signal?.reason))
      }
      const settle = (end: () => void) => {
        signal?.removeEventListener('abort', abort)
        end()
      }
      signal?.addEventListener('abort', abort)
    })
  }

  return {
    start: () => pool.start(),
    health: () => pool.health(healthTimeout),
    close,
    [Symbol.asyncDispose]: close,
    async render(component, props, rendering = {}) {
      return await run({ component, props, state: rendering.state }, rendering)
    },
    stream(component, props, rendering = {}) {
      const { state, nonce } = rendering
      const params = { component, props, state, nonce, stream: true } as const
      return toChunks(
        (onChunk, signal) => run(params, { ...rendering, signal }, onChunk),
        rendering,
      )
    },
  }
}

function toParams(params: RenderParams): string {
  let text: string
  try {
    text = JSON.stringify(params)
  } catch (error) {
    throw new TypeError(`render(${params.component}): the props are not JSON`, { cause: error })
  }
  const bytes = Buffer.byteLength(text)
  if (bytes > maximumFrameBytes - frameOverhead) {
    throw new MizanError(
      'PAYLOAD_TOO_LARGE',
      `render(${params.component}): the props have ${bytes} bytes of JSON, ${maximumFrameBytes} is the limit`,
    )
  }
  return text
}
