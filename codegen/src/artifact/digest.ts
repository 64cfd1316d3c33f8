/** The digest of an artifact: of what is said on the wire, not of how it is described or where it stands. */

import { createHash } from 'node:crypto'
import type {
  ArtifactChannel,
  ArtifactContext,
  ArtifactFunction,
  ArtifactParam,
  JsonSchema,
} from '@mizan/protocol'
import type { JoinedText } from '../ir/joined-text.ts'
import { type ArtifactSections, joinSections } from './written-artifact.ts'

/** 16 hex digits that change with everything that a client or a cache could notice, and with nothing else. */
export function digestOf(sections: ArtifactSections, kept: JoinedText): string {
  const said = joinSections(sections, { kept, textOf: (entry) => entry.said })
  return createHash('sha256').update(said).digest('hex').slice(0, 16)
}

/** What is said of a function. */
export function bareFunction(fn: ArtifactFunction): object {
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

/** What is said of a context. */
export function bareContext(context: ArtifactContext): object {
  return { ...context, params: context.params.map(bareParam) }
}

/** What is said of a channel. */
export function bareChannel({ doc: _doc, source: _source, ...rest }: ArtifactChannel): object {
  return { ...rest, params: rest.params.map(bareParam), message: bareSchema(rest.message) }
}

function bareParam(param: ArtifactParam): object {
  return { ...param, schema: bareSchema(param.schema) }
}

/** Without what only describes; properties may themselves be called `title`. */
export function bareSchema(schema: JsonSchema): JsonSchema {
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
