import { directoryContext, globalContext } from '@mizan/example-board/mizan/client.gen.ts'
import { loadContext } from '@mizan/svelte/kit'
import type { PageLoad } from './$types'

export const load: PageLoad = async (event) => {
  const { currentUser } = await loadContext(event, globalContext, {})
  if (currentUser === null) await loadContext(event, directoryContext, {})
}
