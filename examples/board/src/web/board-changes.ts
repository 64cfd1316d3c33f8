/** What calls will do, shown before the server has answered. */

import { change, type OptimisticChange } from '@mizan/base'
import { moveTask, projectContext, taskContext, updateTask } from '../../mizan/client.gen.ts'
import { applyMove } from './project/board-order.ts'

export const boardChanges: readonly OptimisticChange[] = [
  change(moveTask, projectContext, (draft, move) => {
    draft.projectTasks = [...applyMove(draft.projectTasks, move)]
  }),
  change(updateTask, projectContext, (draft, { taskId, changes }) => {
    const card = draft.projectTasks.find(({ id }) => id === taskId)
    if (card) Object.assign(card, changes)
  }),
  change(updateTask, taskContext, (draft, { changes }) => {
    Object.assign(draft.taskDetail, changes)
  }),
]
