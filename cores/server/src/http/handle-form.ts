/** Bodies that an HTML form sends, and calls with files: to `call/<fn>/`, and to routes. */

import { MizanError, type ProtocolResponse } from '@mizan/protocol'
import { readArguments } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { toPublicError } from '../dispatch/public-error.ts'
import { toFieldTree } from '../forms/field-tree.ts'
import { fromFields } from '../forms/from-fields.ts'
import { pageOf, toLocalPath, wantsPage } from '../forms/page-of-form.ts'
import { respondBack, respondSeeOther } from '../forms/respond-form.ts'
import type { Entry } from '../registry.ts'
import { answerCall, type Prepared } from './answer-call.ts'
import { assertFormAllowed } from './assert-unsafe-allowed.ts'
import { errorHeaders } from './error-headers.ts'
import { FileSpool } from './file-spool.ts'
import { answerView, readRouteParams } from './answer-view.ts'
import type { Incoming } from './handler.ts'
import { placeFile } from './place-files.ts'
import { admit, checkArguments, parseArguments } from './prepare-call.ts'
import { readForm } from './read-form.ts'
import { parseJson } from './read-json.ts'
import type { FormField } from './read-multipart.ts'
import type { Header } from './respond.ts'
import { respondErrorPage } from './respond-error-page.ts'
import type { RouteMatch } from './route-table.ts'

/**
 * A part `args` makes it a call of a client, which is answered in JSON. Anything else are the fields of a form: who wants a
 * page is led to the next one, or back to the form.
 */
export async function handleForm(
  engine: Engine,
  incoming: Incoming,
  fn: string,
): Promise<ProtocolResponse> {
  const entry = await admit(engine, incoming, fn)
  return withFields(engine, incoming, entry, async (fields, spool) => {
    const isCall = fields.some(([name]) => name === 'args') && !declares(entry, 'args')
    if (isCall || !wantsPage(incoming.request)) {
      const args = await readFields(engine, incoming, { entry, fields })
      return answerCall(engine, incoming, { entry, args, spool })
    }
    return submit(engine, incoming, { entry, fields, spool })
  })
}

/** Checks the fields of a form and runs nothing. */
export async function handleFormValidate(
  engine: Engine,
  incoming: Incoming,
  fn: string,
): Promise<void> {
  const entry = await admit(engine, incoming, fn)
  await withFields(engine, incoming, entry, (fields) =>
    readFields(engine, incoming, { entry, fields }),
  )
}

/** A form that was sent to a route; the guard has let its sender pass. */
export async function handleViewForm(
  engine: Engine,
  incoming: Incoming,
  match: RouteMatch,
): Promise<ProtocolResponse> {
  const { entry } = match
  return withFields(engine, incoming, entry, async (fields, spool) => {
    const fromRoute = readRouteParams(engine, incoming, match)
    const answer = async (): Promise<ProtocolResponse> => {
      const given = toArguments(engine, entry, fields)
      const args = await readArguments(entry, { ...given, ...fromRoute })
      return answerView(engine, incoming, { entry, args, spool })
    }
    if (!wantsPage(incoming.request)) return answer()
    return orBack(engine, incoming, { entry, fields, answer })
  })
}

interface Submission {
  readonly entry: Entry
  readonly fields: readonly FormField[]
}

async function withFields<T>(
  engine: Engine,
  incoming: Incoming,
  entry: Entry,
  use: (fields: readonly FormField[], spool: FileSpool) => Promise<T>,
): Promise<T> {
  const spool = new FileSpool(engine.limits.fileMemory)
  try {
    const fields = await readForm(engine, incoming, { entry, spool })
    assertFormAllowed(engine, incoming, fields)
    return await use(fields, spool)
  } finally {
    await spool.releaseUnlessHandedOver()
  }
}

function declares(entry: Entry, name: string): boolean {
  return entry.facts.params.some((param) => param.name === name)
}

async function readFields(
  engine: Engine,
  incoming: Incoming,
  { entry, fields }: Submission,
): Promise<Prepared['args']> {
  const args = toArguments(engine, entry, fields)
  return checkArguments(engine, incoming, { entry, args })
}

function toArguments(
  engine: Engine,
  entry: Entry,
  fields: readonly FormField[],
): Readonly<Record<string, unknown>> {
  const { limits, registry } = engine
  const json = fields.filter(([name]) => name === 'args')
  if (json.length === 0 || declares(entry, 'args'))
    return fromFields(entry.facts.params, toFieldTree(fields, limits), registry.artifact.$defs)
  const [[, text] = ['', '']] = json
  if (json.length > 1 || typeof text !== 'string')
    throw new MizanError('BAD_REQUEST', 'the part args is JSON, and stands there once')
  const args = parseArguments(parseJson(new TextEncoder().encode(text), limits))
  for (const [pointer, value] of fields) if (value instanceof File) placeFile(args, pointer, value)
  return args
}

/** Runs the function; a success goes on to the page that the form names in `next`, or back to its own. */
async function submit(
  engine: Engine,
  incoming: Incoming,
  { entry, fields, spool }: Submission & { readonly spool: FileSpool },
): Promise<ProtocolResponse> {
  const answer = async (): Promise<ProtocolResponse> => {
    const args = await readFields(engine, incoming, { entry, fields })
    const response = await answerCall(engine, incoming, { entry, args, spool })
    if (response.status !== 200 || entry.facts.stream) return response
    const named = fields.find(([name]) => name === 'next')?.[1]
    const next =
      typeof named === 'string' && !declares(entry, 'next') ? toLocalPath(named) : undefined
    return respondSeeOther(next ?? pageOf(incoming.request) ?? '/', besidesBody(response))
  }
  return orBack(engine, incoming, { entry, fields, answer })
}

/** Makes a redirect of an error answer, whatever it came from. */
async function orBack(
  engine: Engine,
  { request }: Incoming,
  { entry, fields, answer }: Submission & { readonly answer: () => Promise<ProtocolResponse> },
): Promise<ProtocolResponse> {
  const page = pageOf(request)
  const back = (error: MizanError, headers: readonly Header[]): ProtocolResponse =>
    page === undefined
      ? respondErrorPage(error, headers, engine.errorPage)
      : respondBack(engine.forms, { fn: entry.name, error, fields, page }, headers)
  try {
    const response = await answer()
    const error = errorOf(response)
    return error === undefined ? response : back(error, besidesBody(response))
  } catch (error) {
    const known = toPublicError(error, engine.logger)
    return back(known, errorHeaders(known))
  }
}

/** The error in an answer that has one in JSON; what a view function answers is its own. */
function errorOf({ status, headers, body }: ProtocolResponse): MizanError | undefined {
  const isJson = headers.some(
    ([name, value]) => name === 'content-type' && value === 'application/json',
  )
  if (status < 400 || !isJson || typeof body !== 'string') return undefined
  const { error } = JSON.parse(body) as {
    readonly error?: { code: string; message: string; details?: unknown }
  } // cast: as respondError writes it
  if (typeof error?.code !== 'string') return undefined
  return new MizanError(error.code, error.message, { status, details: error.details })
}

function besidesBody({ headers }: ProtocolResponse): Header[] {
  return headers.filter(
    ([name]) =>
      name !== 'content-type' && name !== 'cache-control' && name !== 'x-content-type-options',
  )
}
