/** Reads channels: exported constants made with `defineChannel<Params, Message>('name', { … })`. */

import { fromWireName, isWireName, toWireName } from '@mizan/protocol'
import type { ts } from 'ts-morph'
import type { ApiChannel } from '../ir/api.ts'
import { scalar } from '../ir/type.ts'
import { compareText } from '../problem.ts'
import { constantOf } from './constants.ts'
import { documentationOf } from './documentation.ts'
import type { ExportNames } from './exports.ts'
import { readProperties } from './params.ts'
import type { Reading } from './reading.ts'
import type { TypeReader } from './types.ts'
import { checkArgument, checkResult } from './usage.ts'

/** A channel and where it stands. */
export interface ReadChannel {
  readonly channel: ApiChannel
  readonly node: ts.Node
}

/** One call of `defineChannel`, as found among the marks. */
export interface ChannelCall {
  readonly call: ts.CallExpression
  readonly declaration: ts.VariableDeclaration | undefined
  readonly exports: ExportNames
}

/** The channels, sorted by wire name; two of one name are a problem. */
export function uniqueChannels(all: readonly ReadChannel[], reading: Reading): ReadChannel[] {
  const byWire = new Map<string, ReadChannel>()
  for (const read of all) {
    const other = byWire.get(read.channel.wire)
    if (other === undefined) byWire.set(read.channel.wire, read)
    else {
      reading.report(
        read.node,
        `two channels are called "${read.channel.wire}": this one and the one at ${reading.place(other.node)}; rename one`,
      )
    }
  }
  return [...byWire.values()].sort((a, b) => compareText(a.channel.wire, b.channel.wire))
}

/** Reads one channel. */
export function readChannel(
  { call, declaration, exports }: ChannelCall,
  types: TypeReader,
): ReadChannel[] {
  const { reading } = types
  const { checker } = reading
  const name = declaration?.name
  const symbol = name && checker.getSymbolAtLocation(name)
  const exported = symbol && exports.get(symbol)
  if (symbol === undefined || exported === undefined) {
    reading.report(
      call,
      'a channel must be the value of an exported const at the top of its module',
    )
    return []
  }
  const wire = readName(call, reading)
  const [paramsNode, messageNode] = call.typeArguments ?? []
  if (paramsNode === undefined || messageNode === undefined) {
    reading.report(
      call,
      `${symbol.name} needs its types: defineChannel<Params, Message>('name', { … })`,
    )
    return []
  }
  if (wire === undefined) return []
  const owner = { node: declaration?.name ?? call, name: symbol.name }
  const params = readProperties(checker.getTypeFromTypeNode(paramsNode), owner, {
    node: paramsNode,
    types,
    mayBeEmpty: true,
  })
  const place = { node: messageNode, path: `${symbol.name}: message` }
  const message = types.read(checker.getTypeFromTypeNode(messageNode), place, messageNode)
  // Messages go both ways.
  checkArgument(message, place, types)
  checkResult(message, place, types)
  const channel: ApiChannel = {
    wire,
    key: fromWireName(wire),
    binding: { module: reading.project.relativePath(call.getSourceFile().fileName), exported },
    ...documentationOf(symbol, reading),
    params,
    message: message.kind === 'void' ? scalar.null : message,
  }
  return [{ channel, node: owner.node }]
}

function readName(call: ts.CallExpression, reading: Reading): string | undefined {
  const [node] = call.arguments
  const name = node && constantOf(node, reading)
  if (typeof name === 'string' && isWireName(name)) return name
  if (node === undefined || typeof name === 'string') {
    const wire = typeof name === 'string' ? toWireName(name) : null
    reading.report(
      node ?? call,
      `a channel is named in snake_case${wire === null ? '' : `, here "${wire}"`}`,
    )
  }
  return undefined
}
