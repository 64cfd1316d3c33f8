/** What a `load` of SvelteKit fetches for the page that it leads to. */

import { error } from '@sveltejs/kit'

import { type ContextDescriptor, type Given, MizanError } from '@mizan/base'

import type { LoadedKernel } from './load-kernel.ts'

/** What a `load` below {@link loadKernel} is given, as far as it matters here. */
export interface ContextLoadEvent {
  parent(): Promise<LoadedKernel>
}

/**
 * Loads a context, so that what the page shows of it is there when the page is. What is known already is not waited for: if it is
 * out of date, whoever shows it asks for it again.
 *
 *     // +page.ts
 *     export const load = async (event) => {
 *       await loadContext(event, taskContext, { taskId: Number(event.params.taskId) })
 *     }
 *
 * @returns the data as it is now. Components follow its changes; what a `load` returns of it does not.
 * @throws HttpError of SvelteKit with the status and message of the server: the page for errors shows them
 */
export async function loadContext<Params, Data>(
  { parent }: ContextLoadEvent,
  context: ContextDescriptor<Params, Data>,
  params: Given<Params>,
): Promise<Data> {
  const { kernel } = await parent()
  const { data } = kernel.read(context, params)
  if (data !== undefined) return data
  try {
    return await kernel.load(context, params)
  } catch (cause) {
    if (cause instanceof MizanError) error(cause.status, cause.message)
    throw cause
  }
}
