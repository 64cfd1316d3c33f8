/** What a page does with an upload; bundled for a browser, where it stands as `uploads`. */

import { createKernel } from '../src/kernel.ts'
import { createMutation } from '../src/mutation.ts'
import { fetchWithProgress } from '../src/fetch-with-progress.ts'
import { toMultipart } from '../src/multipart.ts'
import type { CallDescriptor } from '../src/descriptors.ts'
import type { UploadProgress } from '../src/upload-progress.ts'

/** What came of an upload. */
export interface UploadOutcome {
  readonly result: unknown
  readonly code: string | undefined
  /** What the mutation showed, without repetitions. */
  readonly seen: readonly (UploadProgress | undefined)[]
}

const keep: CallDescriptor<{ file: Blob }, [name: string, size: number]> = {
  name: 'keep',
  artifact: '0123456789abcdef',
  args: { file: { wire: 'file' } },
  adapt: toMultipart,
}

const kernel = createKernel({ fetch: fetchWithProgress() })

/** Sends so many bytes through a mutation. */
async function send(bytes: number): Promise<UploadOutcome> {
  const mutation = createMutation(kernel, keep)
  const seen: (UploadProgress | undefined)[] = []
  mutation.subscribe(() => {
    const { progress } = mutation.read()
    if (progress !== seen.at(-1)) seen.push(progress)
  })
  const file = new File([new Uint8Array(bytes)], 'ünïcode.bin')
  const result = await mutation.mutateAsync({ file }).catch(() => undefined)
  return { result, code: mutation.read().error?.code, seen }
}

/** Sends more than is read, and leaves when something has been sent. */
async function abandon(bytes: number): Promise<string> {
  const leaving = new AbortController()
  return kernel
    .call(
      keep,
      { file: new Blob([new Uint8Array(bytes)]) },
      { signal: leaving.signal, onProgress: () => leaving.abort(new Error('left')) },
    )
    .then(String, String)
}

/** What the test calls. */
export const uploads = { send, abandon }
Object.assign(globalThis, { uploads })
