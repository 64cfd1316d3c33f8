/** The digest of an artifact: of what is said on the wire, not of how it is described or where it stands. */

import { createHash } from 'node:crypto'
import {
  type Artifact,
  type ArtifactChannel,
  type ArtifactFunction,
  type ArtifactParam,
  canonicalJson,
  type JsonSchema,
} from '@mizan/protocol'

/** 16 hex digits that change with everything that a client or a cache could notice, and with nothing else. */
export function digestOf({
  functions,
  contexts,
  channels,
  $defs,
  version,
}: Omit<Artifact, 'digest'>): string {
  const said = {
    version,
    functions: mapped(functions, bareFunction),
    contexts: mapped(contexts, (context) => ({
      ...context,
      params: context.params.map(bareParam),
    })),
    ...(channels === undefined ? {} : { channels: mapped(channels, bareChannel) }),
    $defs: mapped($defs, bareSchema),
  }
  return createHash('sha256').update(canonicalJson(said)).digest('hex').slice(0, 16)
}

function bareFunction(fn: ArtifactFunction): object {
  const { doc: _doc, source: _source, deprecated: _deprecated, ...rest } = fn
  const errors = fn.throws?.map((error) =>
    error.data === undefined ? error : { ...error, data: bareSchema(error.data) },
  )
  return {
    ...rest,
    params: fn.params.map(bareParam),
    result: bareSchema(fn.result),
    ...(errors === undefined ? {} : { throws: errors }),
  }
}

function bareChannel({ doc: _doc, source: _source, ...rest }: ArtifactChannel): object {
  return { ...rest, params: rest.params.map(bareParam), message: bareSchema(rest.message) }
}

function bareParam(param: ArtifactParam): object {
  return { ...param, schema: bareSchema(param.schema) }
}

/** Without what only describes; properties may themselves be called `title`. */
function bareSchema(schema: JsonSchema): JsonSchema {
  const {
    description: _description,
    title: _title,
    examples: _examples,
    deprecated: _deprecated,
    ...rest
  } = schema
  const { properties, patternProperties, additionalProperties, items, prefixItems } = rest
  return {
    ...rest,
    ...(properties === undefined ? {} : { properties: mapped(properties, bareSchema) }),
    ...(patternProperties === undefined
      ? {}
      : { patternProperties: mapped(patternProperties, bareSchema) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: bareSchema(additionalProperties) }),
    ...(items === undefined || items === false ? {} : { items: bareSchema(items) }),
    ...(prefixItems === undefined ? {} : { prefixItems: prefixItems.map(bareSchema) }),
    ...(rest.anyOf === undefined ? {} : { anyOf: rest.anyOf.map(bareSchema) }),
    ...(rest.allOf === undefined ? {} : { allOf: rest.allOf.map(bareSchema) }),
  }
}

function mapped<From, To>(
  entries: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, change(value)]))
}
