/** From a project to its API: finds marks, reads them, and checks what only shows when all are seen together. */

import { fromWireName, toWireName } from '@mizan/protocol'
import {
  type Api,
  type ApiChannel,
  type ApiContext,
  type ApiFunction,
  type ApiParam,
  isPublicData,
} from '../ir/api.ts'
import { namedTypesOf, type TypeNode } from '../ir/type.ts'
import { compareText, type Problem, sortProblems } from '../problem.ts'
import { reservedTypeNames } from '../emit/names.ts'
import { readChannels } from './channels.ts'
import { checkGeneratedNames, checkOptions, checkParamTypes, type ReadFunction } from './checks.ts'
import { documentationOf } from './documentation.ts'
import { readErrors } from './errors.ts'
import { unresolvedImports } from './imports.ts'
import type { Mark } from './mark.ts'
import { findMarks } from './marks.ts'
import { readOptions } from './options.ts'
import type { SourceProject } from './project.ts'
import { Reading } from './reading.ts'
import { readSignature } from './signature.ts'
import { TypeReader } from './types.ts'

/** What a project says, or why it cannot be said; with problems, `api` is not to be written. */
export interface ReadApi {
  readonly api: Api
  readonly problems: readonly Problem[]
}

const nothing: Api = { functions: [], contexts: [], types: [] }

/** Reads the whole API of a project. */
export function readApi(project: SourceProject): ReadApi {
  const settings = project.settingsProblems()
  // What a file with a syntax error seems to export would only add noise.
  const first =
    settings.length > 0 ? settings : [...project.unreadableProblems(), ...project.syntaxProblems()]
  if (first.length > 0) return { api: nothing, problems: sortProblems(first) }
  const reading = new Reading(project)
  const unresolved = unresolvedImports(reading)
  if (unresolved.length > 0) return { api: nothing, problems: sortProblems(unresolved) }
  const types = new TypeReader(reading)
  const { marks, channels: calls } = findMarks(reading)
  const read = withoutDuplicates(
    marks.flatMap((mark) => readFunction(mark, types)),
    reading,
  )
  const functions = read.map(({ fn }) => fn)
  const contexts = readContexts(functions)
  const channels = readChannels(calls, types).map(({ channel }) => channel)
  types.settle(reservedTypeNames({ functions, contexts }))
  checkOptions(read, contexts, reading)
  checkParamTypes(read, reading)
  checkGeneratedNames(read, contexts, reading)
  const roots = [...functions.flatMap(typesOf), ...channels.flatMap(typesOfChannel)]
  const named = namedTypesOf(roots).sort((a, b) => compareText(a.name, b.name))
  return {
    api: { functions, contexts, ...(channels.length === 0 ? {} : { channels }), types: named },
    problems: sortProblems(reading.problems),
  }
}

function typesOf(fn: ApiFunction): TypeNode[] {
  const data = (fn.throws ?? []).flatMap((error) => error.data ?? [])
  return [...fn.params.map((param) => param.type), fn.result, ...data]
}

function typesOfChannel(channel: ApiChannel): TypeNode[] {
  return [...channel.params.map((param) => param.type), channel.message]
}

function readFunction(mark: Mark, types: TypeReader): ReadFunction[] {
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
  const throws = readErrors(options.throws, mark, types)
  const fn: ApiFunction = {
    wire,
    key: options.name === undefined ? mark.name : fromWireName(options.name),
    binding: mark.binding,
    ...documentationOf(mark.symbol, reading),
    ...signature,
    ...(throws.length === 0 ? {} : { throws }),
    input: options.input !== undefined,
    options: options.facts,
  }
  return [{ fn, mark, options }]
}

function withoutDuplicates(read: readonly ReadFunction[], reading: Reading): ReadFunction[] {
  const byWire = new Map<string, ReadFunction>()
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
