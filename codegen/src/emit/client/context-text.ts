/** One context: its params, its data, its descriptor, and the function that reads it. */

import { textKindOf } from '@mizan/protocol'
import { toSchema } from '../../artifact/schema.ts'
import type { ApiContext, ApiParam } from '../../ir/api.ts'
import type { Property } from '../../ir/type.ts'
import { namesOfContext } from '../names.ts'
import { objectKey, quote } from '../text.ts'
import { printBody } from '../typescript.ts'
import {
  argumentsType,
  type ClientText,
  constant,
  functionText,
  inObject,
  lines,
  object,
  optionalMark,
} from './client-text.ts'
import { errorField, errorsOf, errorType } from './errors.ts'

export function contextText(context: ApiContext, client: ClientText): string {
  const names = namesOfContext(context)
  const errors = errorsOf(context.members)
  const params = context.params.map(
    (param) => `${objectKey(param.key)}: ${paramText(param, client)}`,
  )
  const members = context.members.map((member) => {
    const decode = client.converters.property(member.result, 'decode', inObject)
    return `${objectKey(member.key)}: ${object([`wire: ${quote(member.wire)}`, ...decode])}`
  })
  const properties: Property[] = context.members.map(({ key, result, doc, deprecated }) => ({
    name: key,
    type: result,
    optional: false,
    readonly: false,
    ...(doc === undefined ? {} : { doc }),
    ...(deprecated === undefined ? {} : { deprecated }),
  }))
  const generics = [names.params, names.data, ...(errors.length === 0 ? [] : [names.error])]
  const data = printBody({ kind: 'object', properties }, { form: 'declared', indent: '' })
  return [
    argumentsType(names.params, context.params),
    `\nexport interface ${names.data} ${data}\n`,
    errors.length === 0 ? '' : `\n${errorType(names.error, errors, client)}`,
    '\n',
    constant(names.descriptor, `${client.use('type ContextDescriptor')}<${generics.join(', ')}>`, [
      `name: ${quote(context.wire)}`,
      client.digest,
      `params: ${lines(params)}`,
      `members: ${lines(members)}`,
      ...errorField(errors, client),
    ]),
    `\n/** Reads the context once: what \`kernel\` holds or loads, or straight from the server. */\n`,
    functionText(names.fetch, {
      params: [
        `params${optionalMark(context.params)}: ${names.params}`,
        `options?: ${client.use('type CallOptions')}`,
      ],
      result: `Promise<${names.data}>`,
      body: `${client.use('fetchContext')}(${names.descriptor}, params, options)`,
    }),
  ].join('')
}

function paramText(param: ApiParam, client: ClientText): string {
  const kind = textKindOf(toSchema(param.type), client.artifact.$defs)
  return object([
    `wire: ${quote(param.wire)}`,
    `required: ${param.required}`,
    `kind: ${quote(kind)}`,
    ...client.converters.property(param.type, 'encode', inObject),
  ])
}
