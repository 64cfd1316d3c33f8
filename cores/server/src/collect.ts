/** Functions for a test, without a compiler: names come from the code's own text, types are not checked. */

import { createHash } from 'node:crypto'
import {
  type Artifact,
  type ArtifactContext,
  type ArtifactFunction,
  type ArtifactParam,
  canonicalJson,
  toWireName,
} from '@mizan/protocol'
import type { Fn } from './client-options.ts'
import type { Functions, Service, Source } from './functions.ts'
import { factsOf } from './mark-facts.ts'
import { markedMembers } from './marked-members.ts'
import { type Mark, markOf } from './marks.ts'

/**
 * Collects marked functions and the marked members of classes. Arguments are checked only where a function has
 * `input`; everything else passes as JSON. Applications use `mizan/server.gen.ts`.
 *
 * @throws TypeError for what is not marked, and for parameters that have no name.
 */
export function collect(...marked: readonly (Fn | Service)[]): Functions {
  const sources = new Map<string, Source>()
  const functions: [string, ArtifactFunction][] = []
  const served = new Set<unknown>(marked)
  const add = (fn: Fn, mark: Mark, key: string, source: Source): void => {
    const name = mark.options.name ?? toWireName(key)
    if (name === null)
      throw new TypeError(
        `collect: ${placeOf(source, key)} has no wire name; give it client({ name })`,
      )
    const place = placeOf(source, key)
    const earlier = functions.find(([taken]) => taken === name)
    if (earlier !== undefined) {
      throw new TypeError(
        `collect: ${place} and ${earlier[1].source} both have the wire name ${name}; give one of them client({ name })`,
      )
    }
    sources.set(name, source)
    functions.push([name, describe(fn, mark, { key, place })])
  }
  for (const item of marked) {
    const own = markOf(item)
    if (own !== undefined) add(item as Fn, own, (item as Fn).name, [item as Fn]) // cast: what is marked is a function
    else addMembers(item as Service, { add, served }) // cast: what is not marked can only be a class
  }
  return Object.freeze({ artifact: toArtifact(functions), sources })
}

interface Adder {
  readonly add: (fn: Fn, mark: Mark, key: string, source: Source) => void
  /** Everything that was given to `collect`. */
  readonly served: ReadonlySet<unknown>
}

function addMembers(owner: Service, { add, served }: Adder): void {
  const members = markedMembers(owner, served)
  if (members.length === 0)
    throw new TypeError(
      `collect: ${owner.name || 'an argument'} is not marked with client and has no marked member`,
    )
  for (const member of members) {
    if ('lost' in member)
      throw new TypeError(
        `collect: ${owner.name}.${member.key} overrides a marked member and is not marked; decorate it again`,
      )
    add(member.fn, member.mark, member.key, [owner, member.key])
  }
}

/** Where a function stands, as the artifact says it; no file is known here. */
function placeOf(source: Source, key: string): string {
  return source.length === 2 ? `collected#${source[0].name}.${key}` : `collected#${key}`
}

interface Named {
  readonly key: string
  readonly place: string
}

function describe(fn: Fn, { options }: Mark, { key, place }: Named): ArtifactFunction {
  const throws = [...(options.throws ?? [])].map(({ code, status }) => ({ code, status }))
  return {
    key,
    source: place,
    ...parametersOf(fn, key),
    result: {},
    ...(throws.length === 0 ? {} : { throws: throws.sort((a, b) => (a.code < b.code ? -1 : 1)) }),
    ...(options.input === undefined ? {} : { input: true }),
    ...factsOf(options),
    ...(options.route === undefined ? {} : { view: true }),
    ...(isGenerator(fn) ? { stream: true } : {}),
  }
}

/** Without types only an async generator is known to stream; one that a function returns is not. */
function isGenerator(fn: Fn): boolean {
  return Object.prototype.toString.call(fn) === '[object AsyncGeneratorFunction]'
}

function parametersOf(fn: Fn, key: string): Pick<ArtifactFunction, 'params' | 'destructured'> {
  const text = Function.prototype.toString.call(fn)
  const list = splitList(listIn(text, key))
  const [only] = list
  const destructured = list.length === 1 && only?.startsWith('{') === true
  const names = destructured ? splitList(only.slice(1, matching(only, 0))) : list
  const params = names.map((part): ArtifactParam => {
    const rest = !destructured && part.startsWith('...')
    const name = /^[\p{L}\p{N}_$]+/u.exec(rest ? part.slice(3) : part)?.[0]
    const wire = name === undefined ? null : toWireName(name)
    if (name === undefined || wire === null)
      throw new TypeError(`collect: a parameter of ${key} has no wire name: "${part.slice(0, 30)}"`)
    const schema = rest ? ({ type: 'array' } as const) : {}
    return { name: wire, key: name, schema, required: false, ...(rest ? { rest } : {}) }
  })
  return { params, ...(destructured ? { destructured: true } : {}) }
}

function listIn(text: string, key: string): string {
  const open = text.indexOf('(')
  const arrow = text.indexOf('=>')
  if (arrow !== -1 && (open === -1 || arrow < open))
    return text
      .slice(0, arrow)
      .replace(/^async\s/, '')
      .trim()
  if (open === -1) throw new TypeError(`collect: the parameters of ${key} cannot be read`)
  return text.slice(open + 1, matching(text, open))
}

/** Index of the bracket that closes the one at `open`; brackets in strings do not count. */
function matching(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (')]}'.includes(text[at] ?? '')) return at
    at = skipGroup(text, at)
  }
  return text.length
}

/** Index of the last character of the string or bracketed group that starts at `at`, or `at` itself. */
function skipGroup(text: string, at: number): number {
  const character = text[at] ?? ''
  if ('([{'.includes(character)) return matching(text, at)
  if (!'"\'`'.includes(character)) return at
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '\\') end += 1
    else if (text[end] === character) return end
  }
  return text.length
}

function splitList(list: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < list.length; at += 1) {
    if (list[at] === ',') {
      parts.push(list.slice(from, at))
      from = at + 1
    } else at = skipGroup(list, at)
  }
  return [...parts, list.slice(from)].map((part) => part.trim()).filter((part) => part !== '')
}

function toArtifact(functions: readonly (readonly [string, ArtifactFunction])[]): Artifact {
  const ordered = [...functions].sort(([a], [b]) => (a < b ? -1 : 1))
  const contexts = new Map<string, { functions: string[]; params: Map<string, ArtifactParam> }>()
  for (const [name, fn] of ordered) {
    if (fn.context === undefined || fn.private || fn.view) continue
    const context = contexts.get(fn.context) ?? {
      functions: [],
      params: new Map<string, ArtifactParam>(),
    }
    contexts.set(fn.context, context)
    context.functions.push(name)
    for (const param of fn.params) context.params.set(param.name, param)
  }
  const rest = {
    version: 1 as const,
    functions: Object.fromEntries(ordered),
    contexts: Object.fromEntries(
      [...contexts].map(([name, context]): [string, ArtifactContext] => [
        name,
        {
          functions: context.functions,
          params: [...context.params.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
        },
      ]),
    ),
    $defs: {},
  }
  return {
    ...rest,
    digest: createHash('sha256').update(canonicalJson(rest)).digest('hex').slice(0, 16),
  }
}
