/** Whether the open task lies over everything else, which then takes neither focus nor clicks. */

import { parseRoute, usePath } from './router.ts'
import { useMediaQuery } from './use-media-query.ts'

/** On wider screens a task stands beside the board; project.css has the same width. */
export function useTaskCovers(): boolean {
  const route = parseRoute(usePath())
  const isNarrow = useMediaQuery('(max-width: 1179px)')
  return isNarrow && route.page === 'project' && route.taskId !== undefined
}
