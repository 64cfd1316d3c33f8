/** The client kernel and what generated code and bindings need of it. */

export { MizanError, type TargetBody } from '@mizan/protocol'

export { callStream } from './call-stream.ts'
export { call, type CallOptions, fetchContext } from './call.ts'
export {
  type ChannelObservation,
  type ChannelOptions,
  type ChannelState,
  type ChannelStatus,
  observeChannel,
} from './channel.ts'
export type {
  ChannelJoin,
  ChannelListener,
  ChannelSession,
  ChannelTransport,
} from './channel-transport.ts'
export { type ContextState, type ContextStatus, stateFields } from './context-state.ts'
export {
  type DeclaredError,
  decodeDetails,
  type DetailsDecoders,
  type ProtocolError,
} from './declared-error.ts'
export type {
  ArgumentDescriptor,
  Arguments,
  CallDescriptor,
  ChannelDescriptor,
  ContextDescriptor,
  Given,
  MemberDescriptor,
  ParamDescriptor,
  StreamDescriptor,
} from './descriptors.ts'
export { fetchWithProgress, type FetchWithProgressOptions } from './fetch-with-progress.ts'
export type { FieldDescriptor, FieldKind, FormDescriptor } from './form-descriptor.ts'
export { inheritParams, requireParams } from './inherit-params.ts'
export { createKernel, type Kernel, type KernelOptions } from './kernel.ts'
export type { KernelEntry, KernelState } from './kernel-state.ts'
export { activity, type ActivityLayer, type ActivityState } from './layers/activity.ts'
export { focus, type FocusOptions, type FocusWindow } from './layers/focus.ts'
export { socketOrEvents, type SocketOrEventsOptions } from './layers/live/socket-or-events.ts'
export { live, type LiveLayer, type LiveOptions } from './layers/live/live.ts'
export { offline, type OfflineLayer, type OfflineOptions } from './layers/offline/offline.ts'
export {
  type OfflineStorage,
  type QueuedCall,
  type TextStorage,
  webStorage,
} from './layers/offline/queued-call.ts'
export { change, type Draft, optimistic, type OptimisticChange } from './layers/optimistic.ts'
export { persist, type PersistLayer, type PersistOptions } from './layers/persist/persist.ts'
export {
  type ItemStorage,
  stateInDatabase,
  stateInWebStorage,
  type StateStorage,
} from './layers/persist/state-storage.ts'
export { poll, type PollDocument, type PollOptions } from './layers/poll.ts'
export { retry, type RetryOptions } from './layers/retry.ts'
export { serial } from './layers/serial.ts'
export { singleFlight } from './layers/single-flight.ts'
export { type TabChannel, tabs, type TabsOptions } from './layers/tabs.ts'
export { streamed, type StreamedOptions, type StreamedWindow } from './layers/streamed.ts'
export { tags } from './layers/tags/tags.ts'
export { timeout, type TimeoutOptions } from './layers/timeout.ts'
export { type IssuedToken, tokens, type TokensLayer, type TokensOptions } from './layers/tokens.ts'
export { toMultipart } from './multipart.ts'
export { createMutation, type Mutation, type MutationState } from './mutation.ts'
export { type Observation, observeContext, observeMember } from './observe.ts'
export {
  createInfinite,
  type Infinite,
  type InfiniteOptions,
  type InfiniteState,
} from './reads/infinite.ts'
export { keepPrevious } from './reads/keep-previous.ts'
export { prefetch } from './reads/prefetch.ts'
export { createRead, type Read, type ReadOptions } from './reads/read.ts'
export { whenEnabled } from './reads/when-enabled.ts'
export type { RequestOptions } from './requests.ts'
export { readState, stateToJson } from './state-text.ts'
export { createStream, type Stream, type StreamOptions, type StreamState } from './stream.ts'
export type { KernelAnswer, KernelLayer, KernelRequest } from './transport.ts'
export type { UploadProgress } from './upload-progress.ts'
