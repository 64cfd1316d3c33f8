/** Calls and reads as generated code makes them: through a kernel, or as a plain same-origin request. */

import { toAddress } from './address.ts'
import type { CallDescriptor, ContextDescriptor, Given } from './descriptors.ts'
import type { Kernel } from './kernel.ts'
import { membersOf, toCallRequest, toMember, toReadRequest, toResult } from './requests.ts'
import { createTransport } from './transport.ts'

/** How a call is made. */
export interface CallOptions {
  /** The kernel whose mounted contexts see what the call changed. Without one, nobody does. */
  readonly kernel?: Kernel
  /** Aborting rejects the promise with the signal's reason; the server may have done the work. */
  readonly signal?: AbortSignal
}

/**
 * Calls `fn`.
 *
 * @throws MizanError with the server's code, or `UNAVAILABLE` when nobody answered.
 */
export async function call<Args, Result>(
  fn: CallDescriptor<Args, Result>,
  args: Given<Args>,
  { kernel, signal }: CallOptions = {},
): Promise<Result> {
  if (kernel) return kernel.call(fn, args, { signal })
  return toResult(fn, await createTransport({}, [])(toCallRequest(fn, args, { signal })))
}

/**
 * Reads a context once: with a kernel what it holds or loads, without one from the server.
 *
 * @throws TypeError when a required param is missing.
 * @throws MizanError with the server's code, or `UNAVAILABLE` when nobody answered.
 */
export async function fetchContext<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  params: Given<Params>,
  { kernel, signal }: CallOptions = {},
): Promise<Data> {
  if (kernel) return kernel.load(context, params, { signal })
  const { query } = toAddress(context, params)
  const { error, body } = await createTransport({}, [])(toReadRequest(context, query, { signal }))
  if (error) throw context.failed?.(error) ?? error
  const data = membersOf(context).map(([key, member]) => [
    key,
    toMember(member, body?.[member.wire]),
  ])
  // cast: one entry for each member of the descriptor.
  return Object.fromEntries(data) as Data
}
