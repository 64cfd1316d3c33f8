/** The client kernel and what generated code and bindings need of it. */

export { MizanError, type TargetBody } from '@mizan/protocol'

export { call, type CallOptions, fetchContext } from './call.ts'
export { type ContextState, type ContextStatus, stateFields } from './context-state.ts'
export type {
  ArgumentDescriptor,
  Arguments,
  CallDescriptor,
  ContextDescriptor,
  Given,
  MemberDescriptor,
  ParamDescriptor,
} from './descriptors.ts'
export { inheritParams, requireParams } from './inherit-params.ts'
export { createKernel, type Kernel, type KernelOptions, type RequestOptions } from './kernel.ts'
export type { KernelEntry, KernelState } from './kernel-state.ts'
export { focus, type FocusOptions, type FocusWindow } from './layers/focus.ts'
export { retry, type RetryOptions } from './layers/retry.ts'
export { singleFlight } from './layers/single-flight.ts'
export { type TabChannel, tabs, type TabsOptions } from './layers/tabs.ts'
export { createMutation, type Mutation, type MutationState } from './mutation.ts'
export { type Observation, observeContext, observeMember } from './observe.ts'
export type { KernelAnswer, KernelLayer, KernelRequest } from './transport.ts'
