/** From a project to its API: finds marks, reads them, and checks what only shows when all are seen together. */

import { fromWireName, toWireName } from '@mizan/protocol'
import {
  type Api,
  type ApiContext,
  type ApiFunction,
  type ApiParam,
  isPublicData,
} from '../ir/api.ts'
import { namedTypesOf } from '../ir/type.ts'
import { compareText, type Problem, sortProblems } from '../problem.ts'
import { printType } from '../emit/typescript.ts'
import { generatedNames, reservedTypeNames } from '../emit/names.ts'
import type { Mark } from './mark.ts'
import { findMarks } from './marks.ts'
import { type MarkOptions, readOptions } from './options.ts'
import type { SourceProject } from './project.ts'
import { docOf, Reading } from './reading.ts'
import { readSignature } from './signature.ts'
import { TypeReader } from './types.ts'

/** What a project says, or why it cannot be said; with problems, `api` is not to be written. */
export interface ReadApi {
  readonly api: Api
  readonly problems: readonly Problem[]
}

/** A function and where its parts stand. */
interface Read {
  readonly fn: ApiFunction
  readonly mark: Mark
  readonly options: MarkOptions
}

/** Reads the whole API of a project. */
export function readApi(project: SourceProject): ReadApi {
  const settings = project.settingsProblems()
  // What a file with a syntax error seems to export would only add noise.
  const first = settings.length > 0 ? settings : project.syntaxProblems()
  if (first.length > 0)
    return { api: { functions: [], contexts: [], types: [] }, problems: sortProblems(first) }
  const reading = new Reading(project)
  const types = new TypeReader(reading)
  const marks = findMarks(reading)
  const read = withoutDuplicates(
    marks.flatMap((mark) => readFunction(mark, types)),
    reading,
  )
  const functions = read.map(({ fn }) => fn)
  const contexts = readContexts(functions)
  types.settle(reservedTypeNames({ functions, contexts }))
  checkOptions(read, reading)
  checkParamTypes(read, reading)
  checkGeneratedNames(read, contexts, reading)
  const roots = functions.flatMap((fn) => [...fn.params.map((param) => param.type), fn.result])
  const named = namedTypesOf(roots).sort((a, b) => compareText(a.name, b.name))
  return { api: { functions, contexts, types: named }, problems: sortProblems(reading.problems) }
}

function readFunction(mark: Mark, types: TypeReader): Read[] {
  const { reading } = types
  const options = readOptions(mark.options, reading)
  const signature = readSignature(mark, types, options.input)
  const wire = options.name ?? toWireName(mark.name)
  if (wire === null) {
    reading.report(
      mark.node,
      `${mark.name} has no wire name; use letters and digits, starting with a letter, or give client({ name })`,
    )
    return []
  }
  const doc = docOf(mark.symbol, reading.checker)
  const fn: ApiFunction = {
    wire,
    key: options.name === undefined ? mark.name : fromWireName(options.name),
    binding: mark.binding,
    ...(doc === undefined ? {} : { doc }),
    ...signature,
    input: options.input !== undefined,
    options: options.facts,
  }
  return [{ fn, mark, options }]
}

function withoutDuplicates(read: readonly Read[], reading: Reading): Read[] {
  const byWire = new Map<string, Read>()
  for (const item of read) {
    const other = byWire.get(item.fn.wire)
    if (other === undefined) byWire.set(item.fn.wire, item)
    else {
      reading.report(
        item.mark.node,
        `${item.mark.name} is "${item.fn.wire}" on the wire, and so is ${other.mark.name} at ${reading.place(other.mark.node)}; rename one, or give one client({ name })`,
      )
    }
  }
  return [...byWire.values()].sort((a, b) => compareText(a.fn.wire, b.fn.wire))
}

/** Context members are the public data functions of a context. */
function readContexts(functions: readonly ApiFunction[]): ApiContext[] {
  const names = new Set(functions.flatMap((fn) => fn.options.context ?? []))
  return [...names].sort(compareText).flatMap((wire) => {
    const members = functions.filter((fn) => fn.options.context === wire && isPublicData(fn))
    return members.length === 0
      ? []
      : [{ wire, key: fromWireName(wire), members, params: sharedParams(members) }]
  })
}

function sharedParams(members: readonly ApiFunction[]): ApiParam[] {
  const params = new Map<string, ApiParam>()
  for (const param of members.flatMap((member) => member.params)) {
    const other = params.get(param.wire)
    const doc = other?.doc ?? param.doc
    params.set(param.wire, {
      ...(other ?? param),
      // Two spellings of one param (userId, userID) meet in the plain one.
      key: other === undefined || other.key === param.key ? param.key : fromWireName(param.wire),
      required: param.required || (other?.required ?? false),
      ...(doc === undefined ? {} : { doc }),
    })
  }
  return [...params.values()].sort((a, b) => compareText(a.wire, b.wire))
}

/** Members of one context share their params, so a param has one type. */
function checkParamTypes(read: readonly Read[], reading: Reading): void {
  const known = new Map<string, { readonly text: string; readonly mark: Mark }>()
  for (const { fn, mark } of read) {
    if (fn.options.context === undefined || !isPublicData(fn)) continue
    for (const param of fn.params) {
      const slot = `${fn.options.context} ${param.wire}`
      const text = printType(param.type)
      const other = known.get(slot)
      if (other === undefined) known.set(slot, { text, mark })
      else if (other.text !== text) {
        reading.report(
          mark.node,
          `${mark.name}: the param ${param.key} of the context "${fn.options.context}" is ${text} here and ${other.text} in ${other.mark.name} at ${reading.place(other.mark.node)}; members of a context share their params, so give both one type`,
        )
      }
    }
  }
}

/** Contradictions that the server would refuse at boot. */
function checkOptions(read: readonly Read[], reading: Reading): void {
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
    for (const name of routeParams(route)) {
      if (!fn.params.some((param) => param.wire === toWireName(name))) {
        report('route', `the route has :${name}, but the function takes no argument of this name`)
      }
    }
  }
}

function routeParams(route: string | undefined): string[] {
  return [...(route ?? '').matchAll(/:([A-Za-z0-9_]+)/g)].map((match) => match[1] ?? '')
}

/** Hooks and calls are named after functions and contexts; two must not get one name. */
function checkGeneratedNames(
  read: readonly Read[],
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
