/** Makes a renderer: Bun, its environment and the pool around it. */

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MizanError } from '@mizan/protocol'
import { findBun } from './bun-binary.ts'
import { maximumFrameBytes, originVariable, type RenderParams } from './frames.ts'
import type { RenderJob } from './render-job.ts'
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
  const pool = new RenderPool(
    {
      file: options.bun ?? findBun(worker),
      // Without --no-install Bun fetches a package that it cannot find from the registry, at run time.
      arguments: ['--no-install', ...(options.flags ?? []), 'run', worker],
      environment: {
        ...process.env,
        NODE_ENV: 'production',
        ...(options.origin === undefined ? {} : { [originVariable]: options.origin }),
        ...options.environment,
      },
    },
    {
      processes: options.processes ?? Math.min(4, Math.max(2, availableParallelism() - 1)),
      maximumQueue: options.maximumQueue ?? 1_000,
      onOutput: options.onOutput ?? ((text) => void process.stderr.write(text)),
    },
  )
  const close = () => pool.close(timeout)
  return {
    start: () => pool.start(),
    health: () => pool.health(healthTimeout),
    close,
    [Symbol.asyncDispose]: close,
    async render(
      component,
      props,
      { signal, state, timeout: limit = timeout }: RenderOptions = {},
    ) {
      signal?.throwIfAborted()
      const params = toParams({ component, props, state })
      return await new Promise<Rendered>((done, fail) => {
        const job: RenderJob = {
          component,
          params,
          timeout: limit,
          moved: false,
          cancel: undefined,
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
