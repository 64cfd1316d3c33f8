/** From a project to its API: finds marks, reads them, and checks what only shows when all are seen together. */

import { fromWireName } from '@mizan/protocol'
import type { ts } from 'ts-morph'
import {
  type Api,
  type ApiContext,
  type ApiFunction,
  type ApiParam,
  isPublicData,
} from '../ir/api.ts'
import { namedTypesOf } from '../ir/type.ts'
import { compareText, type Problem, sortProblems } from '../problem.ts'
import { reservedTypeNames } from '../emit/names.ts'
import { uniqueChannels } from './channels.ts'
import { checkGeneratedNames, checkOptions, checkParamTypes, type ReadFunction } from './checks.ts'
import { type FileReading, readFile, typesOfReading } from './file-reading.ts'
import { unresolvedImports } from './imports.ts'
import { checkServed } from './marks.ts'
import type { SourceProject } from './project.ts'
import { hasTwins, nothingRecalled, ReadMemory, type Recalled } from './read-memory.ts'
import { Reading } from './reading.ts'
import { TypeReader } from './types.ts'

/** What a project says, or why it cannot be said; with problems, `api` is not to be written. */
export interface ReadApi {
  readonly api: Api
  readonly problems: readonly Problem[]
}

const nothing: Api = { functions: [], contexts: [], types: [] }

/** Reads the whole API of a project; what `memory` holds of it and is as it was is not read again. */
export function readApi(project: SourceProject, memory: ReadMemory = new ReadMemory()): ReadApi {
  const settings = project.settingsProblems()
  // What a file with a syntax error seems to export would only add noise.
  const first =
    settings.length > 0 ? settings : [...project.unreadableProblems(), ...project.syntaxProblems()]
  if (first.length > 0) return { api: nothing, problems: sortProblems(first) }
  const reading = new Reading(project)
  const unresolved = unresolvedImports(reading)
  if (unresolved.length > 0) return { api: nothing, problems: sortProblems(unresolved) }
  const recalled = memory.recall(reading)
  const read = readModules(recalled, reading)
  const { types, readings } = hasTwins(recalled, read.types)
    ? readModules(nothingRecalled, new Reading(project))
    : read
  const result = toApi([...readings.values()], types)
  if (result.problems.length === 0) memory.remember(readings, types)
  return result
}

interface ReadModules {
  readonly types: TypeReader
  readonly readings: ReadonlyMap<ts.SourceFile, FileReading>
}

function readModules(recalled: Recalled, reading: Reading): ReadModules {
  const types = new TypeReader(reading, recalled)
  const readings = reading.project
    .functionFiles()
    .map((file) => [file, recalled.readings.get(file) ?? readFile(file, types)] as const)
  return { types, readings: new Map(readings) }
}

/** Puts modules together, and checks what only shows then. */
function toApi(modules: readonly FileReading[], types: TypeReader): ReadApi {
  const { reading } = types
  checkServed(modules, reading)
  const read = withoutDuplicates(
    modules.flatMap(({ functions }) => functions),
    reading,
  )
  const functions = read.map(({ fn }) => fn)
  const contexts = readContexts(functions)
  const channels = uniqueChannels(
    modules.flatMap((module) => module.channels),
    reading,
  ).map(({ channel }) => channel)
  const named = namedTypesOf(modules.flatMap(typesOfReading))
  types.settle(named, reservedTypeNames({ functions, contexts }))
  checkOptions(read, contexts, reading)
  checkParamTypes(read, reading)
  checkGeneratedNames(read, contexts, reading)
  return {
    api: {
      functions,
      contexts,
      ...(channels.length === 0 ? {} : { channels }),
      types: named.sort((a, b) => compareText(a.name, b.name)),
    },
    problems: sortProblems(reading.problems),
  }
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
  const byContext = new Map<string, ApiFunction[]>()
  for (const fn of functions) {
    const { context } = fn.options
    if (context === undefined || !isPublicData(fn)) continue
    const members = byContext.get(context)
    if (members === undefined) byContext.set(context, [fn])
    else members.push(fn)
  }
  return [...byContext]
    .sort(([a], [b]) => compareText(a, b))
    .map(([wire, members]) => ({
      wire,
      key: fromWireName(wire),
      members,
      params: sharedParams(members),
    }))
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
