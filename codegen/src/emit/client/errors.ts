/** The errors that functions declare: one union for who calls, and decoders for the data that needs them. */

import type { ApiError, ApiFunction } from '../../ir/api.ts'
import { scalar, type TypeNode, unionOf } from '../../ir/type.ts'
import { findAmbiguity, needsConversion } from '../../ir/wire-form.ts'
import { compareText } from '../../problem.ts'
import { objectKey, quote } from '../text.ts'
import { printType } from '../typescript.ts'
import type { ClientText } from './client-text.ts'
import { lines } from './client-text.ts'

/** The errors of one or several functions by code, sorted; one code with two kinds of data has either. */
export function errorsOf(functions: readonly ApiFunction[]): ApiError[] {
  const byCode = new Map<string, ApiError>()
  for (const error of functions.flatMap((fn) => fn.throws ?? [])) {
    const other = byCode.get(error.code)
    byCode.set(error.code, other === undefined ? error : merged(other, error))
  }
  return [...byCode.values()].sort((a, b) => compareText(a.code, b.code))
}

function merged(one: ApiError, other: ApiError): ApiError {
  const [a, b] = [one.data ?? scalar.void, other.data ?? scalar.void]
  if (printType(a) === printType(b)) return one
  const both: TypeNode = unionOf([a, b])
  return { ...one, data: findAmbiguity(both) === undefined ? both : scalar.unknown }
}

/** The data of errors that the file converts. */
export function errorData(functions: readonly ApiFunction[]): TypeNode[] {
  return errorsOf(functions).flatMap(({ data }) => data ?? [])
}

/** The union of what may be thrown. */
export function errorType(name: string, errors: readonly ApiError[], client: ClientText): string {
  const declared = client.use('type DeclaredError')
  const members = [
    ...errors.map(({ code, data }) => {
      const details = data === undefined ? '' : `, ${printType(data, { indent: '  ' })}`
      return `${declared}<${quote(code)}${details}>`
    }),
    client.use('type ProtocolError'),
  ]
  return `export type ${name} =\n${members.map((member) => `  | ${member}\n`).join('')}`
}

/** The property of a descriptor that decodes the data of errors, as a list of none or one. */
export function errorField(errors: readonly ApiError[], client: ClientText): string[] {
  const decoders = errors.flatMap(({ code, data }) => {
    if (data === undefined || !needsConversion(data)) return []
    return [`${objectKey(code)}: ${client.converters.inline(data, 'decode', '    ')}`]
  })
  if (decoders.length === 0) return []
  return [`failed: (error) => ${client.use('decodeDetails')}(error, ${lines(decoders)})`]
}
