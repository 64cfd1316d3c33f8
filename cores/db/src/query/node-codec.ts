/** What is known of expressions that no column stands behind. */

import type { OperationNode } from 'kysely'
import type { Codec } from '../dialect/codec.ts'

const codecs = new WeakMap<OperationNode, Codec>()

/** Says how the value of an expression is decoded. */
export function setNodeCodec<N extends OperationNode>(node: N, codec: Codec): N {
  codecs.set(node, codec)
  return node
}

/** The codec that was set for a node. */
export function nodeCodec(node: OperationNode): Codec | undefined {
  return codecs.get(node)
}

const ownNodes = new WeakSet<OperationNode>()

/** Marks SQL text that this package wrote itself: its effects are known to be none. */
export function markOwn<N extends OperationNode>(node: N): N {
  ownNodes.add(node)
  return node
}

/** Whether the text of a node is ours. */
export function isOwn(node: OperationNode): boolean {
  return ownNodes.has(node)
}
