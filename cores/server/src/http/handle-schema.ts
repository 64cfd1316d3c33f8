/** `GET schema/<fn>/`: what a function takes, for clients that were not generated from it. */

import {
  canonicalJson,
  headerNames,
  type JsonSchema,
  MizanError,
  type ProtocolResponse,
} from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { guard } from '../dispatch/guard.ts'
import type { Entry } from '../registry.ts'
import { headerOf } from '../request-view.ts'
import { admitCaller } from './admit-caller.ts'
import { etagOf, isNoneMatch } from './etag.ts'
import type { Incoming } from './handler.ts'
import { respondEmpty, respondJson } from './respond.ts'

/**
 * A JSON Schema (2020-12) of the arguments, with the named types that it refers to. Whoever may not call the function is
 * told so, and of a function that nobody may call nobody learns that it exists.
 */
export async function handleSchema(
  engine: Engine,
  incoming: Incoming,
  fn: string,
): Promise<ProtocolResponse> {
  const { request, exchange } = incoming
  const entry = engine.registry.calls.get(fn)
  if (entry === undefined) throw new MizanError('NOT_FOUND', 'No such function')
  await admitCaller(engine, incoming, entry)
  await guard(entry, exchange.principal, exchange.request)
  const body = canonicalJson(schemaOf(entry, engine.registry.artifact.$defs))
  const etag = etagOf(body)
  const headers = [['etag', etag]] as const
  if (isNoneMatch(headerOf(request, 'if-none-match'), etag)) return respondEmpty(304, headers)
  return respondJson(200, body, [
    ...headers,
    [headerNames.artifact, engine.registry.artifact.digest],
  ])
}

function schemaOf({ facts }: Entry, $defs: Readonly<Record<string, JsonSchema>>): object {
  const used = new Set<string>()
  for (const { schema } of facts.params) collectNames(schema, $defs, used)
  const definitions = [...used].flatMap((name) => {
    const definition = $defs[name]
    return definition === undefined ? [] : [[name, definition] as const]
  })
  return {
    type: 'object',
    properties: Object.fromEntries(facts.params.map(({ name, schema }) => [name, schema])),
    required: facts.params.filter(({ required }) => required).map(({ name }) => name),
    ...(facts.doc === undefined ? {} : { description: facts.doc }),
    ...(definitions.length === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  }
}

/** Names of all types that `schema` refers to, however deep. */
function collectNames(
  schema: unknown,
  $defs: Readonly<Record<string, JsonSchema>>,
  used: Set<string>,
): void {
  if (typeof schema !== 'object' || schema === null) return
  for (const [key, value] of Object.entries(schema)) {
    if (key !== '$ref' || typeof value !== 'string') {
      collectNames(value, $defs, used)
      continue
    }
    const name = value.replace('#/$defs/', '')
    if (used.has(name) || !Object.hasOwn($defs, name)) continue
    used.add(name)
    collectNames($defs[name], $defs, used)
  }
}
