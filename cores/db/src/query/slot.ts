/** The place of a value that comes with each run of a statement. */

import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import type { ParameterContext } from './values.ts'

/** Stands among the parameters of a statement. */
export class Slot implements ParameterContext {
  readonly index: number
  readonly codec: Codec | undefined
  readonly column: AnyBoundColumn | undefined
  readonly dialect: DialectPackage

  constructor(index: number, { codec, column, dialect }: ParameterContext) {
    this.index = index
    this.codec = codec
    this.column = column
    this.dialect = dialect
  }
}
