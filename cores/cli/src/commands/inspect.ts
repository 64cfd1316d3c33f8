/** `mizan inspect <function>`: what the compiler knows of one function. */

import {
  type Artifact,
  type ArtifactFunction,
  fromWireName,
  type JsonSchema,
  toWireName,
} from '@mizan/protocol'
import type { Command } from '../command.ts'
import { exitCodes, ProjectFailure } from '../failure.ts'
import { loadConfig } from '../load-config.ts'
import { readArtifact } from '../read-artifact.ts'

export const inspect: Command = {
  name: 'inspect',
  summary: 'Show what is known of a function: arguments, result, context, invalidation',
  usage: '<function>',
  positionals: ['function'],
  options: {},
  async run({ folder, positionals, answer }) {
    const artifact = await readArtifact(await loadConfig(folder))
    const [asked = ''] = positionals
    const wire = toWireName(asked) ?? asked
    const fn = Object.hasOwn(artifact.functions, wire) ? artifact.functions[wire] : undefined
    if (fn === undefined) throw new ProjectFailure(unknownFunction(asked, artifact))
    answer({ result: { [wire]: fn }, text: describe(wire, fn, artifact) })
    return exitCodes.ok
  },
}

function unknownFunction(asked: string, artifact: Artifact): string {
  const names = Object.keys(artifact.functions)
  const near = names.filter((name) => name.includes(asked.slice(0, 4).toLowerCase()))
  const shown = (near.length > 0 ? near : names).slice(0, 8).join(', ')
  return `there is no function "${asked.slice(0, 60)}"; there ${names.length === 0 ? 'are none' : `is ${shown}`}`
}

function describe(wire: string, fn: ArtifactFunction, artifact: Artifact): string {
  const rows: [string, string | undefined][] = [
    ['source', fn.source],
    [
      'arguments',
      fn.params
        .map(({ name, schema, required }) => `${name}${required ? '' : '?'}: ${wordOf(schema)}`)
        .join(', ') || 'none',
    ],
    ['result', fn.view ? 'Response' : wordOf(fn.result)],
    ['context', fn.context === undefined ? undefined : contextLine(fn.context, artifact)],
    ['affects', fn.affects?.map(targetText).join(', ')],
    ['merge', fn.merge],
    [
      'route',
      fn.route === undefined ? undefined : `${fn.methods?.join(', ') ?? ''} ${fn.route}`.trim(),
    ],
    ['auth', fn.auth],
    ['cache', fn.cache === undefined ? undefined : JSON.stringify(fn.cache)],
    ['timeout', fn.timeout === undefined ? undefined : `${fn.timeout} ms`],
    ['client', clientLine(fn)],
  ]
  const lines = rows.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${label.padEnd(10)} ${value}`],
  )
  return [
    wire,
    ...(fn.doc === undefined ? [] : [`  ${fn.doc.split('\n').join('\n  ')}`]),
    ...lines,
  ].join('\n')
}

function contextLine(name: string, artifact: Artifact): string {
  const others = artifact.contexts[name]?.functions.join(', ') ?? 'none'
  return `${name} (${others})`
}

function targetText(target: NonNullable<ArtifactFunction['affects']>[number]): string {
  const name =
    target.function === undefined ? target.context : `${target.context}.${target.function}`
  return target.own === true ? `${name} (own)` : name
}

function clientLine(fn: ArtifactFunction): string {
  if (fn.private) return 'none, it is private'
  if (fn.view) return 'none, it is a page'
  const upper = `${fn.key.slice(0, 1).toUpperCase()}${fn.key.slice(1)}`
  if (fn.context === undefined) return `call${upper}, use${upper}`
  const context = fromWireName(fn.context)
  return `use${upper}, use${context.slice(0, 1).toUpperCase()}${context.slice(1)}Context`
}

/** A schema in a few words of TypeScript. */
function wordOf(schema: JsonSchema): string {
  const kinds = {
    date: 'Date',
    bigint: 'bigint',
    bytes: 'Uint8Array',
    map: 'Map',
    set: 'Set',
    void: 'void',
    file: 'File',
  }
  if (schema['x-mizan'] !== undefined) return kinds[schema['x-mizan']]
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '')
  if (schema.anyOf !== undefined) return schema.anyOf.map(wordOf).join(' | ')
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (Object.hasOwn(schema, 'const')) return JSON.stringify(schema.const)
  if (schema.type === 'array') {
    return schema.items === undefined || schema.items === false
      ? 'a tuple'
      : `(${wordOf(schema.items)})[]`.replace(/^\((\w+)\)/, '$1')
  }
  return schema.type ?? 'unknown'
}
