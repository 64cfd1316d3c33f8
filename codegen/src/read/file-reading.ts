/** What one module offers: the unit of which reading is spared where nothing that it depends on has changed. */

import { fromWireName, toWireName } from '@mizan/protocol'
import type { ts } from 'ts-morph'
import type { ApiChannel, ApiFunction } from '../ir/api.ts'
import type { TypeNode } from '../ir/type.ts'
import { type ReadChannel, readChannel } from './channels.ts'
import type { ReadFunction } from './checks.ts'
import { documentationOf } from './documentation.ts'
import { readErrors } from './errors.ts'
import type { Mark } from './mark.ts'
import { findMarks } from './marks.ts'
import { readOptions } from './options.ts'
import { readSignature } from './signature.ts'
import type { TypeReader } from './types.ts'

/** One module as read. Holds nodes of its source, and nothing of a checker. */
export interface FileReading {
  readonly functions: readonly ReadFunction[]
  readonly channels: readonly ReadChannel[]
  /** What functions and channels are made of, one level deep. */
  readonly types: readonly TypeNode[]
  /** Methods with a mark, here; and methods, here or in modules it imports, that a class of this one serves. */
  readonly decorated: ReadonlySet<ts.MethodDeclaration>
  readonly served: ReadonlySet<ts.MethodDeclaration>
}

/** Reads one module. */
export function readFile(file: ts.SourceFile, types: TypeReader): FileReading {
  const { marks, channels, decorated, served } = findMarks(file, types.reading)
  const functions = marks.flatMap((mark) => readFunction(mark, types))
  const read = channels.flatMap((call) => readChannel(call, types))
  return {
    functions,
    channels: read,
    types: [
      ...functions.flatMap(({ fn }) => typesOf(fn)),
      ...read.flatMap(({ channel }) => typesOfChannel(channel)),
    ],
    decorated,
    served,
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
  // Without the rest of the mark, which would keep a whole checker alive.
  return [{ fn, mark: { node: mark.node, name: mark.name }, options }]
}
