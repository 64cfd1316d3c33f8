/** From a project to its API: finds marks, reads them, and checks what only shows when all are seen together. */

import type { ts } from 'ts-morph'
import type { Api } from '../ir/api.ts'
import { namedTypesOf } from '../ir/type.ts'
import { compareText, type Problem, sortProblems } from '../problem.ts'
import { isReservedTypeName } from '../emit/names.ts'
import { uniqueChannels } from './channels.ts'
import {
  type ApiParts,
  checkOptions,
  checkParamTypes,
  claimNames,
  type ReadFunction,
} from './checks.ts'
import { readContexts } from './context-members.ts'
import { type FileReading, readFile } from './file-reading.ts'
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
  const recalled = memory.recall(reading)
  const unresolved = unresolvedImports(reading, memory.modules)
  if (unresolved.length > 0) return { api: nothing, problems: sortProblems(unresolved) }
  const read = readModules(recalled, reading)
  const { types, readings } = hasTwins(recalled, read.types)
    ? readModules(nothingRecalled, new Reading(project))
    : read
  const result = toApi([...readings.values()], types, memory)
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
function toApi(
  modules: readonly FileReading[],
  types: TypeReader,
  { derived, contexts: known }: ReadMemory,
): ReadApi {
  const { reading } = types
  checkServed(modules, reading)
  const read = withoutDuplicates(
    modules.flatMap(({ functions }) => functions),
    reading,
  )
  const functions = read.map(({ fn }) => fn)
  const contexts = readContexts(functions, known)
  const rooms = uniqueChannels(
    modules.flatMap((module) => module.channels),
    reading,
  )
  const channels = rooms.map(({ channel }) => channel)
  const parts: ApiParts = { read, contexts, rooms }
  const claimed = claimNames(parts, reading)
  const named = namedTypesOf(...modules.map((module) => module.types))
  types.settle(named, (name) => claimed.has(name) || isReservedTypeName(name))
  derived.follow(named)
  checkOptions(parts, reading, derived)
  checkParamTypes(parts, reading, derived)
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
