/** Reads what a marked function takes and returns. */

import { ts } from 'ts-morph'
import type { ApiFunction } from '../ir/api.ts'
import { scalar, type TypeNode } from '../ir/type.ts'
import { awaitedType } from './awaited-type.ts'
import { isResponse } from './library-types.ts'
import type { Mark } from './mark.ts'
import { readParams } from './params.ts'
import { readInput } from './standard-input.ts'
import { streamedType } from './streams.ts'
import type { TypeReader } from './types.ts'
import { checkResult } from './usage.ts'

/** The declared interface of a function. */
export type ReadSignature = Pick<
  ApiFunction,
  'params' | 'destructured' | 'result' | 'view' | 'stream'
>

/** Reads a mark's signature; `input` is the Standard Schema of its options, which then says what it takes. */
export function readSignature(
  mark: Mark,
  types: TypeReader,
  input: ts.Expression | undefined,
): ReadSignature {
  const { reading } = types
  if ((mark.signature.typeParameters?.length ?? 0) > 0) {
    reading.report(mark.node, `${mark.name} is generic; a client needs definite types`)
    return { params: [], destructured: false, result: scalar.unknown, view: false }
  }
  const taken =
    input === undefined
      ? readParams(mark, types)
      : { params: readInput(mark, input, types), destructured: false }
  return { ...taken, ...readReturned(mark, types) }
}

function readReturned(
  mark: Mark,
  types: TypeReader,
): Pick<ReadSignature, 'result' | 'view' | 'stream'> {
  const type = awaitedType(mark.signature.getReturnType(), types.reading)
  if (isResponse(type, types.reading.program)) return { view: true, result: scalar.unknown }
  // A function that always throws has nothing to return.
  if (type.flags & ts.TypeFlags.Never) return { view: false, result: scalar.void }
  const written = mark.signature.getDeclaration()?.type
  const stream = streamedType(type, types.reading)
  if (stream !== undefined) {
    const node = argumentOf(awaitedNode(written))
    return { view: false, stream: true, result: readResult(stream, 'item', { mark, types, node }) }
  }
  const node = awaitedNode(written)
  return { view: false, result: readResult(type, 'result', { mark, types, node }) }
}

interface ResultReading {
  readonly mark: Mark
  readonly types: TypeReader
  readonly node: ts.TypeNode | undefined
}

function readResult(type: ts.Type, word: string, { mark, types, node }: ResultReading): TypeNode {
  const place = {
    node: mark.signature.getDeclaration()?.type ?? mark.node,
    path: `${mark.name}: ${word}`,
  }
  const result = types.read(type, place, node)
  checkResult(result, place, types)
  return result
}

/** `Task` of `Promise<Task>`. */
function awaitedNode(node: ts.TypeNode | undefined): ts.TypeNode | undefined {
  const isPromise =
    node !== undefined && ts.isTypeReferenceNode(node) && node.typeName.getText() === 'Promise'
  return isPromise ? node.typeArguments?.[0] : node
}

/** `Task` of `AsyncGenerator<Task>`: of a type of one's own that is iterated, the text says nothing. */
function argumentOf(node: ts.TypeNode | undefined): ts.TypeNode | undefined {
  return node !== undefined && ts.isTypeReferenceNode(node) ? node.typeArguments?.[0] : undefined
}
