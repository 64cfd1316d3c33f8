/** Calls with files: the arguments as one part, each file as another (PROTOCOL section 3). */

import type { KernelRequest } from './transport.ts'

/**
 * The request as `multipart/form-data`: part `args` is the JSON with `null` in each file's place, a file's part is named by the
 * JSON Pointer of its place. Without a content type: `fetch` adds it, with the boundary.
 */
export function toMultipart(
  request: KernelRequest,
  args: Readonly<Record<string, unknown>>,
): KernelRequest {
  const form = new FormData()
  const files: [pointer: string, file: Blob][] = []
  // Before the files, so that a server knows what it reads before it reads much.
  form.append('args', JSON.stringify(withoutFiles(args, '', files)))
  for (const [pointer, file] of files) form.append(pointer, file)
  const headers = Object.entries(request.headers).filter(([name]) => name !== 'content-type')
  return {
    ...request,
    headers: Object.fromEntries(headers),
    path: `/call/${request.name}/`,
    body: form,
  }
}

function withoutFiles(value: unknown, pointer: string, files: [string, Blob][]): unknown {
  if (value instanceof Blob) {
    files.push([pointer, value])
    return null
  }
  if (Array.isArray(value))
    return value.map((item, index) => withoutFiles(item, `${pointer}/${index}`, files))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      withoutFiles(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, files),
    ]),
  )
}
