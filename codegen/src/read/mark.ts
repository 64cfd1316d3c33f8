/** A marked function as found in the source, and how a mark is recognised. */

import { ts } from 'ts-morph'
import type { ApiBinding } from '../ir/api.ts'
import type { Reading } from './reading.ts'
import { serverExportOf } from './server-import.ts'

/** One marked function. */
export interface Mark {
  /** Where problems about the function are reported: its name. */
  readonly node: ts.Node
  /** Its name in the source. */
  readonly name: string
  readonly binding: ApiBinding
  readonly options: ts.Expression | undefined
  readonly signature: ts.Signature
  readonly symbol: ts.Symbol
}

/** Whether the decorator is `@client` or `@client(…)`. */
export function isMark(decorator: ts.Decorator, reading: Reading): boolean {
  const { expression } = decorator
  return isClient(ts.isCallExpression(expression) ? expression.expression : expression, reading)
}

/** Whether `node` names the `client` of `@mizan/server`. */
function isClient(node: ts.Expression, reading: Reading): boolean {
  return serverExportOf(node, reading.checker) === 'client'
}
