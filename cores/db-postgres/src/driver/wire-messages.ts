/** Messages of PostgreSQL's extended protocol: a statement and its values in one buffer. */

import { ValueError } from '@mizan/db'
import pg from 'pg'

/** A parameter as it travels: text, bytes, or null. */
export type WireValue = string | Buffer | null

/** What one run of a statement says to the server. */
export interface RunMessages {
  /** Statements that are closed first. */
  readonly closing: readonly string[]
  /** Parsed first; undefined for a statement that the server has. */
  readonly text: string | undefined
  /** Empty: nobody asks for it again. */
  readonly name: string
  readonly values: readonly WireValue[]
  /** The server is asked what the columns are. */
  readonly describes: boolean
}

/** The count is written in two bytes. */
const maximumValues = 65_535

/**
 * Values as they travel.
 *
 * @throws ValueError for more than a statement may have.
 */
export function toWireValues(values: readonly unknown[]): WireValue[] {
  if (values.length > maximumValues) {
    throw new ValueError(
      `a statement has ${values.length} parameters, PostgreSQL takes ${maximumValues}; give a list as one parameter (inArray), or insert in parts`,
    )
  }
  return values.map(toWireValue)
}

function toWireValue(value: unknown): WireValue {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  return prepareValue(value)
}

// cast: what pg makes of values itself is not in its types
const { prepareValue } = (pg as unknown as { utils: { prepareValue(value: unknown): WireValue } })
  .utils

/** @throws ValueError for a text that the server would read only a part of. */
export function assertWireText(text: string): void {
  if (text.includes('\0')) throw new ValueError('SQL text cannot hold a NUL character')
}

const byte = { bind: 0x42, close: 0x43, parse: 0x50, statement: 0x53 } as const
const execute = [0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0]
const sync = [0x53, 0, 0, 0, 4]
const describePortal = [0x44, 0, 0, 0, 6, 0x50, 0]
const executeTail = Buffer.from([...execute, ...sync])
const describeTail = Buffer.from([...describePortal, ...execute, ...sync])

/** Close, Parse, Bind, Describe, Execute and Sync, as far as they are needed. */
export function encodeRun({ closing, text, name, values, describes }: RunMessages): Buffer {
  const tail = describes ? describeTail : executeTail
  const nameLength = Buffer.byteLength(name)
  const textLength = text === undefined ? 0 : Buffer.byteLength(text)
  const lengths = values.map((value) => {
    if (value === null) return -1
    return typeof value === 'string' ? Buffer.byteLength(value) : value.length
  })
  const valuesLength = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), 0)
  // One format for all of them, or one for each.
  const formats = values.some((value) => value instanceof Buffer) ? values.length : 0
  const bindLength = 4 + 1 + nameLength + 1 + 2 + formats * 2 + 2 + valuesLength + 2
  const parseLength = text === undefined ? 0 : 1 + 4 + nameLength + 1 + textLength + 1 + 2
  const closeLength = closing.reduce((sum, one) => sum + 1 + 4 + 1 + one.length + 1, 0)
  const buffer = Buffer.allocUnsafe(closeLength + parseLength + 1 + bindLength + tail.length)
  let at = 0
  for (const one of closing) {
    at = buffer.writeUInt8(byte.close, at)
    at = buffer.writeInt32BE(4 + 1 + one.length + 1, at)
    at = buffer.writeUInt8(byte.statement, at)
    at = writeText(buffer, one, at)
  }
  if (text !== undefined) {
    at = buffer.writeUInt8(byte.parse, at)
    at = buffer.writeInt32BE(parseLength - 1, at)
    at = writeText(buffer, name, at)
    at = writeText(buffer, text, at)
    // The server infers the types of parameters.
    at = buffer.writeInt16BE(0, at)
  }
  at = buffer.writeUInt8(byte.bind, at)
  at = buffer.writeInt32BE(bindLength, at)
  at = buffer.writeUInt8(0, at)
  at = writeText(buffer, name, at)
  at = buffer.writeUInt16BE(formats, at)
  if (formats > 0)
    for (const value of values) at = buffer.writeInt16BE(value instanceof Buffer ? 1 : 0, at)
  at = buffer.writeUInt16BE(values.length, at)
  for (const [index, value] of values.entries()) {
    at = buffer.writeInt32BE(lengths[index] ?? -1, at)
    if (typeof value === 'string') at += buffer.write(value, at)
    else if (value !== null) at += value.copy(buffer, at)
  }
  // All columns as text.
  at = buffer.writeInt16BE(0, at)
  tail.copy(buffer, at)
  return buffer
}

function writeText(buffer: Buffer, text: string, at: number): number {
  return buffer.writeUInt8(0, at + buffer.write(text, at))
}
