import { redirect } from '@sveltejs/kit'
import { resolve } from '$app/paths'
import { globalContext, projectContext } from '@mizan/example-board/mizan/client.gen.ts'
import { loadContext } from '@mizan/svelte/kit'
import type { PageLoad } from './$types'

export const load: PageLoad = async (event) => {
  const projectId = Number(event.params.projectId)
  const { currentUser } = await loadContext(event, globalContext, {})
  if (currentUser === null) redirect(303, resolve('/'))
  await loadContext(event, projectContext, { projectId })
  return { projectId }
}
