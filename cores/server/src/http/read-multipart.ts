/** Reads `multipart/form-data`: fields as texts, files as `File` objects that are on disk when they are large. */

import { once } from 'node:events'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { MizanError, type ProtocolRequest } from '@mizan/protocol'
import type { Limits } from '../limits.ts'
import { headerOf } from '../request-view.ts'
import { decompressed } from './decompress.ts'
import type { FileSpool } from './file-spool.ts'
import { asClientLeft, assertUnread } from './read-body.ts'
import { assertType, type UploadRules } from './upload-rules.ts'

/** One part of a form. */
export type FormField = readonly [name: string, value: string | File]

/** How much may come in. */
export interface MultipartOptions {
  readonly limits: Required<Limits>
  readonly rules: UploadRules
  /** Takes the files; its owner releases it. */
  readonly spool: FileSpool
}

/**
 * The parts in their order.
 *
 * @throws MizanError `PAYLOAD_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` for the type of a file, `BAD_REQUEST`
 */
export async function readMultipart(
  request: ProtocolRequest,
  options: MultipartOptions,
): Promise<FormField[]> {
  assertUnread(request)
  const { limits } = options
  const parser = createParser(request, options)
  const parts: Promise<FormField>[] = []
  const failed = new AbortController()
  const fail = (error: unknown): void => failed.abort(error)
  let fieldBytes = 0
  parser.on('field', (name, value, isNameCut, isValueCut) => {
    fieldBytes += value.length
    if (isNameCut)
      fail(new MizanError('BAD_REQUEST', `a name of a part is longer than ${maximumName} bytes`))
    else if (isValueCut || fieldBytes > limits.body)
      fail(new MizanError('PAYLOAD_TOO_LARGE', `the fields are larger than ${limits.body} bytes`))
    else parts.push(Promise.resolve([name, value]))
  })
  parser.on('file', (name, stream, filename, _encoding, type) => {
    const part = receive(stream, { name, filename, type }, options)
    part.catch((error: unknown) => {
      stream.resume()
      fail(error)
    })
    parts.push(part)
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => fail(tooMany(limit, options)))
  try {
    await feed(
      parser,
      decompressed(request, request.body ?? nothing(), limits.files + limits.body),
      failed.signal,
    )
    return await Promise.all(parts)
  } catch (cause) {
    parser.destroy()
    await Promise.allSettled(parts)
    throw asClientLeft(request, failed.signal.aborted ? failed.signal.reason : cause)
  }
}

const maximumName = 1_000

function createParser(
  request: ProtocolRequest,
  { limits, rules }: MultipartOptions,
): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': headerOf(request, 'content-type') ?? '' },
      isPartAFile: (_name, _type, filename) => filename !== undefined,
      limits: {
        fieldNameSize: maximumName,
        fieldSize: limits.body,
        fields: limits.keys,
        files: rules.maxFiles,
        headerPairs: 20,
        headerSize: 8_192,
      },
    })
  } catch (cause) {
    throw new MizanError('BAD_REQUEST', 'the multipart body has no boundary', { cause })
  }
}

/** Writes the body into the parser, no faster than its files are kept. */
async function feed(
  parser: BusboyInstance,
  body: AsyncIterable<Uint8Array>,
  failed: AbortSignal,
): Promise<void> {
  const finished = once(parser, 'finish', { signal: failed }).catch((cause: unknown) => {
    if (failed.aborted) throw failed.reason
    throw new MizanError('BAD_REQUEST', 'the body is not multipart/form-data', { cause })
  })
  // Looked at when the body is written; until then it is no unhandled one.
  finished.catch(() => undefined)
  for await (const chunk of body) {
    if (failed.aborted || parser.destroyed) break
    if (!parser.write(chunk) && parser.writableNeedDrain)
      await Promise.race([once(parser, 'drain', { signal: failed }), finished])
  }
  if (!failed.aborted) parser.end()
  await finished
}

interface PartHead {
  readonly name: string
  readonly filename: string
  readonly type: string
}

async function receive(
  stream: BusboyFileStream,
  { name, filename, type }: PartHead,
  { rules, spool }: MultipartOptions,
): Promise<FormField> {
  const media = (type.split(';')[0] ?? '').trim().toLowerCase()
  const path = name.slice(0, 60)
  // What a browser sends for a file input in which nothing was chosen has no name, and no bytes.
  if (filename !== '') assertType(rules, media, path)
  const file = await spool.receive({
    chunks: stream,
    name: cleanName(filename),
    type: media,
    maxBytes: rules.maxBytes,
    path,
  })
  return [name, file]
}

/** A name for people, never a path: the parser has cut the folders off. */
function cleanName(filename: string): string {
  return filename
    .replace(/\p{Cc}/gu, '')
    .toWellFormed()
    .slice(0, 255)
}

function tooMany(limit: string, { rules, limits }: MultipartOptions): MizanError {
  return limit === 'filesLimit'
    ? new MizanError('PAYLOAD_TOO_LARGE', `more than ${rules.maxFiles} files`)
    : new MizanError('BAD_REQUEST', `the form has more than ${limits.keys} fields`)
}

async function* nothing(): AsyncGenerator<never> {}
