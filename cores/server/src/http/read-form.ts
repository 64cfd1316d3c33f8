/** Reads a body that an HTML form sends: urlencoded or multipart. */

import { MizanError, type ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import type { Entry } from '../registry.ts'
import { mediaTypeOf } from '../request-view.ts'
import type { FileSpool } from './file-spool.ts'
import type { Incoming } from './handler.ts'
import { type FormField, readMultipart } from './read-multipart.ts'
import { uploadRulesOf } from './upload-rules.ts'

/** Whether {@link readForm} reads the body. */
export function isForm(request: ProtocolRequest): boolean {
  const type = mediaTypeOf(request)
  return type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data'
}

/**
 * The fields in their order. Large files go to `spool`.
 *
 * @throws MizanError `PAYLOAD_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE`, `BAD_REQUEST`
 */
export async function readForm(
  engine: Engine,
  { request, exchange }: Incoming,
  { entry, spool }: { readonly entry: Entry; readonly spool: FileSpool },
): Promise<FormField[]> {
  const { limits, registry } = engine
  if (mediaTypeOf(request) === 'multipart/form-data') {
    const rules = uploadRulesOf(entry, limits, registry.artifact.$defs)
    return readMultipart(request, { limits, rules, spool })
  }
  const fields =
    request.parsed === undefined
      ? parseUrlencoded(await exchange.request.bytes(), limits.keys)
      : flatten(request.parsed)
  if (fields.length > limits.keys) throw tooMany(limits.keys)
  return fields
}

function parseUrlencoded(bytes: Uint8Array, most: number): FormField[] {
  let separators = 0
  for (const byte of bytes) if (byte === 0x26) separators += 1
  if (separators > most) throw tooMany(most)
  return [...new URLSearchParams(new TextDecoder().decode(bytes))]
}

/** What a parser before Mizan made of the form: texts, lists of texts, and objects of them. */
function flatten(parsed: unknown): FormField[] {
  const fields: FormField[] = []
  const pending: (readonly [name: string, value: unknown])[] = [['', parsed]]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [name, value] = next
    if (typeof value === 'string' || value instanceof File) fields.push([name, value])
    if (typeof value !== 'object' || value === null || value instanceof File) continue
    for (const [key, child] of Object.entries(value).reverse()) {
      const isText = Array.isArray(value) && typeof child === 'string'
      pending.push([isText ? name : name === '' ? key : `${name}[${key}]`, child])
    }
  }
  return fields
}

function tooMany(most: number): MizanError {
  return new MizanError('BAD_REQUEST', `the form has more than ${most} fields`)
}
