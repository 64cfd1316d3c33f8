/** One function that is called: its arguments, its result or items, its errors, its descriptor and its call. */

import type { ApiFunction } from '../../ir/api.ts'
import { partsOf, type TypeNode } from '../../ir/type.ts'
import { namesOfFunction } from '../names.ts'
import { docBlock, quote } from '../text.ts'
import { printType } from '../typescript.ts'
import {
  argumentEntries,
  argumentsType,
  type ClientText,
  constant,
  functionText,
  lines,
  optionalMark,
} from './client-text.ts'
import { errorField, errorsOf, errorType } from './errors.ts'

export function callText(fn: ApiFunction, client: ClientText): string {
  const names = namesOfFunction(fn)
  const errors = errorsOf([fn])
  const generics = [names.args, names.result, ...(errors.length === 0 ? [] : [names.error])]
  const doc = docBlock(fn)
  const descriptor = client.use(fn.stream ? 'type StreamDescriptor' : 'type CallDescriptor')
  return [
    argumentsType(names.args, fn.params),
    `\nexport type ${names.result} =${resultType(fn.result)}\n`,
    errors.length === 0 ? '' : `\n${errorType(names.error, errors, client)}`,
    `\n${doc}`,
    constant(names.descriptor, `${descriptor}<${generics.join(', ')}>`, [
      `name: ${quote(fn.wire)}`,
      client.digest,
      ...(fn.stream ? ['stream: true'] : []),
      `args: ${lines(argumentEntries(fn.params, client))}`,
      ...client.converters.property(fn.result, 'decode', '  '),
      ...errorField(errors, client),
      ...(fn.params.some((param) => holdsFile(param.type))
        ? [`adapt: ${client.use('toMultipart')}`]
        : []),
    ]),
    `\n${doc}`,
    functionText(names.call, {
      params: [
        `args${optionalMark(fn.params)}: ${names.args}`,
        `options?: ${client.use('type CallOptions')}`,
      ],
      result: fn.stream
        ? `AsyncIterableIterator<${names.result}, undefined>`
        : `Promise<${names.result}>`,
      body: `${client.use(fn.stream ? 'callStream' : 'call')}(${names.descriptor}, args, options)`,
    }),
  ].join('')
}

function resultType(type: TypeNode): string {
  const text = type.kind === 'void' ? 'void' : printType(type)
  return text.startsWith('\n') ? text : ` ${text}`
}

/** Whether a file may stand anywhere in values of `type`. */
function holdsFile(type: TypeNode, seen: Set<TypeNode> = new Set()): boolean {
  if (seen.has(type)) return false
  seen.add(type)
  if (type.kind === 'file') return true
  const parts = type.kind === 'ref' ? [type.target.type] : partsOf(type)
  return parts.some((part) => holdsFile(part, seen))
}
