/** The kernel of the board's pages, in each library the same. */

import {
  createKernel,
  fetchWithProgress,
  focus,
  type Kernel,
  type KernelState,
  live,
  offline,
  type OfflineLayer,
  optimistic,
  retry,
  singleFlight,
  tabs,
  tags,
  webStorage,
} from '@mizan/base'
import { devtools } from '@mizan/base/devtools'
import {
  addComment,
  createTask,
  globalContext,
  moveTask,
  updateTask,
} from '../../mizan/client.gen.ts'
import { boardChanges } from './board-changes.ts'

export interface BoardKernel {
  readonly kernel: Kernel
  /** Calls that wait for the network. */
  readonly outbox: OfflineLayer
}

/**
 * Other people's changes arrive over a socket, other tabs of this browser follow also without one, and who comes back to a tab sees it up to
 * date. A call reaches what was read from what it wrote: what that made stale comes back in its answer, what it will do shows at once,
 * and without a network it waits.
 *
 * @param state what came with the page
 */
export function createBoardKernel(state?: KernelState): BoardKernel {
  const outbox = offline({
    calls: [addComment, createTask, moveTask, updateTask],
    storage: webStorage(localStorage, 'board:call:'),
    owner: () => Promise.resolve().then(() => idOfUser(kernel)),
  })
  const kernel = createKernel(
    { fetch: fetchWithProgress(), ...(state && { state }) },
    live(),
    tabs(),
    focus(),
    retry({ times: 2 }),
    optimistic(...boardChanges),
    outbox,
    tags(),
    singleFlight(),
    // Nothing of it is in a production build.
    devtools(),
  )
  return { kernel, outbox }
}

/** From what the page shows; a page that has only just begun asks. */
async function idOfUser(kernel: Kernel): Promise<string | null> {
  const { currentUser } =
    kernel.read(globalContext, {}).data ?? (await kernel.load(globalContext, {}))
  return currentUser && String(currentUser.id)
}
