/** What the last run without problems has read, and which of it still holds. */

import type { ts } from 'ts-morph'
import type { ApiContext } from '../ir/api.ts'
import { Derivations } from '../ir/derivations.ts'
import { type NamedType, namedTypesOf, type TypeNode } from '../ir/type.ts'
import { changedModules, ModuleMemory, type SourceFiles, sourceFilesOf } from './changed-modules.ts'
import type { FileReading } from './file-reading.ts'
import type { Reading } from './reading.ts'
import type { Definition, TypeReader } from './types.ts'

/** What need not be read again. */
export interface Recalled {
  readonly readings: ReadonlyMap<ts.SourceFile, FileReading>
  /** The named types that these readings lead to. */
  readonly definitions: readonly Definition[]
  readonly resultOnly: ReadonlyMap<TypeNode, string>
}

/** Nothing: everything is to be read. */
export const nothingRecalled: Recalled = {
  readings: new Map(),
  definitions: [],
  resultOnly: new Map(),
}

/** The memory of an open project. */
export class ReadMemory {
  /** What was made of what was read. */
  readonly derived: Derivations = new Derivations()
  readonly contexts: Map<string, ApiContext> = new Map()
  /** What holds for as long as the program is made of the same files. */
  #modules = new ModuleMemory()
  #files: SourceFiles = new Map()
  #last: Recalled = nothingRecalled
  readonly #named = new WeakMap<FileReading, readonly NamedType[]>()

  get modules(): ModuleMemory {
    return this.#modules
  }

  /** What holds in the program of `reading`. */
  recall(reading: Reading): Recalled {
    const now = sourceFilesOf(reading.program)
    if (!this.#modules.isOf(now)) this.#modules = new ModuleMemory(now)
    const changed = changedModules(reading, { before: this.#files, now, modules: this.#modules })
    if (changed === undefined) return nothingRecalled
    const isUnchanged = (file: ts.SourceFile): boolean =>
      now.get(file.fileName) === file && !changed.has(file)
    const readings = new Map([...this.#last.readings].filter(([file]) => isUnchanged(file)))
    if (readings.size < this.#last.readings.size) this.#dropSharing(readings)
    const reached = this.#reachedBy(readings)
    return {
      readings,
      definitions: this.#last.definitions.filter(({ type }) => reached.has(type)),
      resultOnly: this.#last.resultOnly,
    }
  }

  /** Keeps a run that had no problems. */
  remember(readings: ReadonlyMap<ts.SourceFile, FileReading>, types: TypeReader): void {
    this.#files = sourceFilesOf(types.reading.program)
    const reached = this.#reachedBy(readings)
    const definitions = types.definitions.filter(({ type }) => reached.has(type))
    this.#last = { readings, definitions, resultOnly: types.resultOnly }
  }

  /**
   * A type that the next run cannot recognise (an instantiation, a type without a name) is read as a whole: where a
   * module that is read again had a part in it, all that share it are read again.
   */
  #dropSharing(readings: Map<ts.SourceFile, FileReading>): void {
    const anchored = new Set(
      this.#last.definitions.flatMap(({ type, anchor }) => (anchor === undefined ? [] : [type])),
    )
    const owners = new Map<NamedType, ts.SourceFile[]>()
    for (const [file, reading] of this.#last.readings) {
      for (const type of this.#namedIn(reading)) {
        if (anchored.has(type)) continue
        const others = owners.get(type)
        if (others === undefined) owners.set(type, [file])
        else others.push(file)
      }
    }
    const dropped = new Set([...this.#last.readings].filter(([file]) => !readings.has(file)))
    for (const [, reading] of dropped) {
      for (const sharer of this.#namedIn(reading).flatMap((type) => owners.get(type) ?? [])) {
        const shared = readings.get(sharer)
        if (shared !== undefined) dropped.add([sharer, shared])
        readings.delete(sharer)
      }
    }
  }

  #reachedBy(readings: ReadonlyMap<ts.SourceFile, FileReading>): ReadonlySet<NamedType> {
    return new Set([...readings.values()].flatMap((reading) => this.#namedIn(reading)))
  }

  #namedIn(reading: FileReading): readonly NamedType[] {
    const known = this.#named.get(reading)
    if (known !== undefined) return known
    const named = namedTypesOf(reading.types)
    this.#named.set(reading, named)
    return named
  }
}

/** Whether a type was read anew although it is one of those that were recalled: the two cannot both be written. */
export function hasTwins(recalled: Recalled, types: TypeReader): boolean {
  const isRecalled = new Set(recalled.definitions)
  const files = new Map<string, Set<string>>()
  for (const definition of types.definitions) {
    if (isRecalled.has(definition)) continue
    const { wanted, file } = definition
    files.set(wanted, (files.get(wanted) ?? new Set()).add(file))
  }
  return recalled.definitions.some(({ wanted, file }) => files.get(wanted)?.has(file))
}
