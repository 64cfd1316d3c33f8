/** What the compiler knows, in lines for people. */

import {
  type Artifact,
  type ArtifactChannel,
  type ArtifactContext,
  type ArtifactError,
  type ArtifactFunction,
  type ArtifactParam,
  fromWireName,
} from '@mizan/protocol'
import { wordOf } from './schema-words.ts'

/** Everything that is known of a function. */
export function describeFunction(wire: string, fn: ArtifactFunction, artifact: Artifact): string {
  const rows: Row[] = [
    ['source', fn.source],
    ['arguments', paramsText(fn.params)],
    ['result', fn.view ? 'Response' : `${fn.stream ? 'stream of ' : ''}${wordOf(fn.result)}`],
    ['throws', fn.throws?.map(errorText).join(', ')],
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
  return block(wire, fn.doc, rows)
}

/** Which functions read a context, and which of them change it. */
export function describeContext(
  wire: string,
  context: ArtifactContext,
  artifact: Artifact,
): string {
  const key = fromWireName(wire)
  const affecting = Object.entries(artifact.functions).flatMap(([name, { affects = [] }]) =>
    affects.some((target) => target.context === wire) ? [name] : [],
  )
  return block(`${wire} (context)`, undefined, [
    ['params', paramsText(context.params)],
    ['members', context.functions.join(', ')],
    ['changed by', affecting.join(', ') || 'what its members read of the database'],
    ['client', `fetch${upperFirst(key)}Context, use${upperFirst(key)}Context`],
  ])
}

/** What a channel is joined with, and what it carries. */
export function describeChannel(wire: string, channel: ArtifactChannel): string {
  const key = channel.key.replace(/Channel$/, '')
  return block(`${wire} (channel)`, channel.doc, [
    ['source', channel.source],
    ['params', paramsText(channel.params)],
    ['message', wordOf(channel.message)],
    ['client', `use${upperFirst(key)}Channel`],
  ])
}

type Row = readonly [label: string, value: string | undefined]

function block(title: string, doc: string | undefined, rows: readonly Row[]): string {
  const lines = rows.flatMap(([label, value]) =>
    value === undefined ? [] : [`  ${label.padEnd(10)} ${value}`],
  )
  return [
    title,
    ...(doc === undefined ? [] : [`  ${doc.split('\n').join('\n  ')}`]),
    ...lines,
  ].join('\n')
}

function paramsText(params: readonly ArtifactParam[]): string {
  const texts = params.map(
    ({ name, schema, required }) => `${name}${required ? '' : '?'}: ${wordOf(schema)}`,
  )
  return texts.join(', ') || 'none'
}

function errorText({ code, status }: ArtifactError): string {
  return `${code} (${status})`
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
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
  const upper = upperFirst(fn.key)
  if (fn.context === undefined) return `call${upper}, use${upper}`
  return `use${upper}, use${upperFirst(fromWireName(fn.context))}Context`
}
