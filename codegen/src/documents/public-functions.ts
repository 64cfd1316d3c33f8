/** What other tools are told of: the functions that clients may reach, and what their schemas need. */

import type { Artifact, ArtifactFunction, JsonSchema } from '@mizan/protocol'

/** A function and its wire name. */
export interface PublicFunction {
  readonly name: string
  readonly fn: ArtifactFunction
}

/** Public functions that answer data, sorted by wire name: views and private ones are nobody's business. */
export function publicFunctions(artifact: Artifact): PublicFunction[] {
  return Object.entries(artifact.functions)
    .filter(([, fn]) => fn.private === undefined && fn.view === undefined)
    .map(([name, fn]) => ({ name, fn }))
}

/** The schema of named values, as one object. */
export function objectOf(
  params: readonly {
    readonly name: string
    readonly schema: JsonSchema
    readonly required: boolean
  }[],
): JsonSchema {
  const required = params.filter((param) => param.required).map((param) => param.name)
  return {
    type: 'object',
    properties: Object.fromEntries(params.map((param) => [param.name, param.schema])),
    ...(required.length === 0 ? {} : { required }),
  }
}

/** The schemas that `schema` is made of, one level down. */
function partsOfSchema(schema: JsonSchema): JsonSchema[] {
  return [
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}),
    ...(schema.additionalProperties === undefined ? [] : [schema.additionalProperties]),
    ...(schema.items === undefined || schema.items === false ? [] : [schema.items]),
    ...(schema.prefixItems ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []),
  ]
}

/** The same schema with each part of it, one level down, replaced. */
export function mapSchema(
  schema: JsonSchema,
  replace: (part: JsonSchema) => JsonSchema,
): JsonSchema {
  const all = (parts: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, replace(part)]))
  const { properties, patternProperties, additionalProperties, items, prefixItems, anyOf, allOf } =
    schema
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: all(properties) }),
    ...(patternProperties === undefined ? {} : { patternProperties: all(patternProperties) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: replace(additionalProperties) }),
    ...(items === undefined || items === false ? {} : { items: replace(items) }),
    ...(prefixItems === undefined ? {} : { prefixItems: prefixItems.map(replace) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(replace) }),
    ...(allOf === undefined ? {} : { allOf: allOf.map(replace) }),
  }
}

const prefix = '#/$defs/'

/** The name of the type that a schema refers to. */
export function referenceOf(schema: JsonSchema): string | undefined {
  return schema.$ref?.startsWith(prefix) ? schema.$ref.slice(prefix.length) : undefined
}

/** The named types that `schemas` lead to, sorted by name. */
export function definitionsOf(
  schemas: readonly JsonSchema[],
  $defs: Artifact['$defs'],
): Record<string, JsonSchema> {
  const found = new Map<string, JsonSchema>()
  const visit = (schema: JsonSchema): void => {
    const name = referenceOf(schema)
    const target = name === undefined ? undefined : $defs[name]
    if (name !== undefined && target !== undefined && !found.has(name)) {
      found.set(name, target)
      visit(target)
    }
    partsOfSchema(schema).forEach(visit)
  }
  schemas.forEach(visit)
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Whether values of `schema` may hold a file. */
export function holdsFile(
  schema: JsonSchema,
  $defs: Artifact['$defs'],
  seen: Set<string> = new Set(),
): boolean {
  if (schema['x-mizan'] === 'file') return true
  const name = referenceOf(schema)
  if (name !== undefined && !seen.has(name)) {
    seen.add(name)
    const target = $defs[name]
    if (target !== undefined && holdsFile(target, $defs, seen)) return true
  }
  return partsOfSchema(schema).some((part) => holdsFile(part, $defs, seen))
}
