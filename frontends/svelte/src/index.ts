/** Svelte over the Mizan kernel: what generated functions are made of. */

export type { ChannelOptions, ReadOptions, StreamOptions } from '@mizan/base'

export { type ContextProvider, createContextProvider } from './context-provider.ts'
export type { ContextResult } from './context-result.ts'
export { provideMizan, useMizan } from './kernel-provider.ts'
export { type ChannelResult, useChannel } from './use-channel.ts'
export { useContextBundle } from './use-context-bundle.ts'
export { useContextMember } from './use-context-member.ts'
export {
  type InfiniteReadOptions,
  type InfiniteResult,
  useInfiniteContext,
} from './use-infinite-context.ts'
export { type MutationResult, useMutation } from './use-mutation.ts'
export { type StreamResult, useStream } from './use-stream.ts'
