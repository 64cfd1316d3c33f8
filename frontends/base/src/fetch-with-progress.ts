/** How much of an upload has been sent: what `fetch` tells nobody, told by the older way of asking. */

import type { UploadProgress } from './upload-progress.ts'

/** Options of {@link fetchWithProgress}. */
export interface FetchWithProgressOptions {
  /** For all requests without files. @default the global `fetch` */
  readonly fetch?: typeof fetch
  /** @default a new XMLHttpRequest */
  readonly open?: () => XMLHttpRequest
}

/**
 * A `fetch` for `createKernel({ fetch: fetchWithProgress() })`: calls with files say how far they are, to `onProgress` of a call and
 * as `progress` of a mutation. To another origin it costs a preflight, as any upload that is listened to.
 */
export function fetchWithProgress({
  fetch: plain = (input, init) => fetch(input, init),
  open = () => new XMLHttpRequest(),
}: FetchWithProgressOptions = {}): typeof fetch {
  return (input, init) => {
    // cast: a kernel gives its whole request; see KernelRequest.
    const { onProgress } = (init ?? {}) as { onProgress?: (progress: UploadProgress) => void }
    if (!onProgress || !(init?.body instanceof FormData)) return plain(input, init)
    return upload(open(), { ...init, url: String(input), onProgress })
  }
}

interface Upload extends RequestInit {
  readonly url: string
  readonly onProgress: (progress: UploadProgress) => void
}

function upload(request: XMLHttpRequest, { url, onProgress, ...init }: Upload): Promise<Response> {
  const { signal } = init
  return new Promise((resolve, reject) => {
    const abort = (): void => request.abort()
    request.open(init.method ?? 'POST', url)
    for (const [name, value] of new Headers(init.headers)) request.setRequestHeader(name, value)
    request.responseType = 'arraybuffer'
    request.upload.onprogress = ({ loaded, total }) => onProgress({ sent: loaded, total })
    request.onload = () => resolve(toResponse(request))
    // As `fetch` does.
    request.onerror = () => reject(new TypeError(`no answer from ${url}`))
    request.onabort = () => reject(signal?.reason as Error) // cast: an AbortError, or what the aborter gave
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    request.send(init.body as FormData) // cast: looked at above
    if (signal?.aborted) abort()
  })
}

function toResponse(request: XMLHttpRequest): Response {
  const lines = request.getAllResponseHeaders().trim().split('\r\n').filter(Boolean)
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const { status } = request
  const isEmpty = status === 204 || status === 205 || status === 304
  // cast: what `responseType` says.
  return new Response(isEmpty ? null : (request.response as ArrayBuffer), { status, headers })
}
