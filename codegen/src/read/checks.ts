/** What only shows when all functions are seen together: contradictions, and names and params that must agree. */

import { canonicalJson, toWireName } from '@mizan/protocol'
import { toSchema } from '../artifact/schema.ts'
import { generatedNames } from '../emit/names.ts'
import { printType } from '../emit/typescript.ts'
import { type ApiContext, type ApiFunction, isPublicData } from '../ir/api.ts'
import type { TypeNode } from '../ir/type.ts'
import { findInside } from '../ir/wire-form.ts'
import type { Mark } from './mark.ts'
import type { MarkOptions } from './options.ts'
import type { Reading } from './reading.ts'

/** A function and where its parts stand. */
export interface ReadFunction {
  readonly fn: ApiFunction
  readonly mark: Mark
  readonly options: MarkOptions
}

/** Members of one context share their params, so a param has one type. */
export function checkParamTypes(read: readonly ReadFunction[], reading: Reading): void {
  interface Known {
    readonly text: string
    readonly schema: string
    readonly mark: Mark
  }
  const known = new Map<string, Known>()
  for (const { fn, mark } of read) {
    if (fn.options.context === undefined || !isPublicData(fn)) continue
    for (const param of fn.params) {
      const slot = `${fn.options.context} ${param.wire}`
      const text = printType(param.type)
      const schema = canonicalJson(toSchema(param.type, param.keywords))
      const other = known.get(slot)
      if (other === undefined) known.set(slot, { text, schema, mark })
      else if (other.text !== text || other.schema !== schema) {
        const where = `${other.mark.name} at ${reading.place(other.mark.node)}`
        reading.report(
          mark.node,
          other.text === text
            ? `${mark.name}: the param ${param.key} of the context "${fn.options.context}" has other constraints than in ${where}; members of a context share their params, so give both the same`
            : `${mark.name}: the param ${param.key} of the context "${fn.options.context}" is ${text} here and ${other.text} in ${where}; members of a context share their params, so give both one type`,
        )
      }
    }
  }
}

/** Contradictions that the server would refuse at boot. */
export function checkOptions(read: readonly ReadFunction[], reading: Reading): void {
  const members = new Map<string, Set<string>>()
  for (const { fn } of read) {
    const { context } = fn.options
    if (context !== undefined)
      members.set(context, (members.get(context) ?? new Set()).add(fn.wire))
  }
  for (const { fn, mark, options } of read) {
    const { context, affects = [], merge, cache, private: hidden, route } = fn.options
    const at = (option: string) => options.nodes.get(option) ?? mark.node
    const report = (option: string, message: string) =>
      reading.report(at(option), `${mark.name}: ${message}`)
    if (context !== undefined && affects.length > 0)
      report(
        'affects',
        'a read of a context cannot affect anything; move the change into a function without context',
      )
    if (context !== undefined && merge !== undefined)
      report('merge', 'a read of a context cannot merge')
    if (context === undefined && cache !== undefined)
      report('cache', 'only reads of a context are cached')
    if (context !== undefined && hidden && route === undefined)
      report('private', 'a private read without a route can never run')
    if (fn.view && route === undefined)
      report('route', 'returns a Response, so it needs a route of its own')
    for (const target of [...affects, ...(merge === undefined ? [] : [{ context: merge }])]) {
      const option = affects.includes(target) ? 'affects' : 'merge'
      const known = members.get(target.context)
      if (known === undefined) report(option, `no function reads the context "${target.context}"`)
      else if (target.function !== undefined && !known.has(target.function)) {
        report(
          option,
          `the context "${target.context}" has no function "${target.function}"; it has ${[...known].sort().join(', ')}`,
        )
      }
    }
    for (const [option, problem] of usageProblems(fn)) report(option, problem)
    for (const name of routeParams(route)) {
      if (!fn.params.some((param) => param.wire === toWireName(name))) {
        report('route', `the route has :${name}, but the function takes no argument of this name`)
      }
    }
  }
}

/** What an option cannot be combined with: streams and files. */
function usageProblems({ options, params, stream }: ApiFunction): (readonly [string, string])[] {
  const { context, merge, upload, websocket } = options
  const isFile = (part: TypeNode): string | undefined =>
    part.kind === 'file' ? 'a file' : undefined
  const files = params.some((param) => findInside(param.type, isFile) !== undefined)
  const found: (readonly [string, string, boolean])[] = [
    [
      'context',
      'a read of a context answers once; stream from a function of its own',
      stream === true && context !== undefined,
    ],
    ['merge', 'a stream has no value to merge', stream === true && merge !== undefined],
    [
      'context',
      'params of a context stand in a URL; take files in a function without context',
      files && context !== undefined,
    ],
    [
      'websocket',
      'the socket carries no files; call it by HTTP alone',
      files && websocket === true,
    ],
    ['upload', 'takes no File', !files && upload !== undefined],
  ]
  return found.flatMap(([option, problem, holds]) => (holds ? [[option, problem] as const] : []))
}

function routeParams(route: string | undefined): string[] {
  return [...(route ?? '').matchAll(/:([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? '')
}

/** Hooks and calls are named after functions and contexts; two must not get one name. */
export function checkGeneratedNames(
  read: readonly ReadFunction[],
  contexts: readonly ApiContext[],
  reading: Reading,
): void {
  const owners = new Map<string, { readonly what: string; readonly mark: Mark }>()
  const claim = (names: readonly string[], what: string, mark: Mark): void => {
    for (const name of names) {
      const other = owners.get(name)
      if (other === undefined) owners.set(name, { what, mark })
      else if (other.what !== what) {
        reading.report(
          mark.node,
          `the client's ${name} would stand for both ${other.what} (${reading.place(other.mark.node)}) and ${what}; rename one, or give one client({ name })`,
        )
        return
      }
    }
  }
  for (const context of contexts) {
    const first = read.find(({ fn }) => fn.options.context === context.wire)
    if (first !== undefined)
      claim(generatedNames.ofContext(context), `the context "${context.wire}"`, first.mark)
  }
  for (const { fn, mark } of read) {
    if (isPublicData(fn)) claim(generatedNames.ofFunction(fn), `the function ${mark.name}`, mark)
  }
}
