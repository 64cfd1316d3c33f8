/** The place of a value that comes with each run of a statement. */

import type { Codec } from '../dialect/codec.ts'
import type { DialectPackage, ListParameter } from '../dialect/dialect-package.ts'
import type { AnyBoundColumn } from '../schema/column.ts'
import { encodeParameter, type ParameterContext } from './values.ts'

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

  /**
   * The value as it is sent.
   *
   * @throws ValueError naming the column.
   */
  encode(value: unknown): unknown {
    return encodeParameter(value, this)
  }
}

/** The place of a list that is sent as one parameter. */
export class ListSlot extends Slot {
  readonly #list: ListParameter

  constructor(index: number, list: ListParameter, context: ParameterContext) {
    super(index, context)
    this.#list = list
  }

  /** @returns undefined for a list that has to be written out */
  override encode(value: unknown): unknown {
    const values = value as readonly unknown[] // cast: what stood in the node of the list
    return this.#list.encode(values.map((one) => super.encode(one)))
  }
}
