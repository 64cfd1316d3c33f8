/** What tsc says about the generated hooks: declared types arrive, misspelt fields do not compile. */

import {
  type ActivityEntry,
  type CurrentUser,
  ProjectContext,
  type ProjectDetail,
  type TaskCard,
  useCreateTask,
  useCurrentUser,
  useProjectActivity,
  useProjectDetail,
  useProjectTasks,
  useUpdateTask,
} from '../mizan/react.gen.ts'

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function holds<T extends true>(): T | undefined {
  return undefined
}

// A hook returns what the function declares, Promise and class taken away.
export function declared(): void {
  const tasks = useProjectTasks().data
  holds<Equal<typeof tasks, TaskCard[] | undefined>>()
  const project = useProjectDetail().data
  holds<Equal<typeof project, ProjectDetail | undefined>>()
  const user = useCurrentUser().data
  holds<Equal<typeof user, CurrentUser | null | undefined>>()
  const activity = useProjectActivity().data
  holds<Equal<typeof activity, ActivityEntry[] | undefined>>()
}
holds<Equal<ActivityEntry['createdAt'], Date>>()
holds<Equal<TaskCard['status'], 'todo' | 'doing' | 'review' | 'done'>>()

export function misspelt(): void {
  const { data } = useProjectTasks()
  // @ts-expect-error -- the field is `title`
  data?.map((task) => task.tilte)
  // @ts-expect-error -- a visitor is null
  useCurrentUser().data?.name.length.toFixed(useCurrentUser().data.id)

  const { mutate } = useUpdateTask()
  mutate({ projectId: 1, taskId: 2, changes: { status: 'done' } })
  // @ts-expect-error -- there is no such status
  mutate({ projectId: 1, taskId: 2, changes: { status: 'finished' } })
  // @ts-expect-error -- taskId is missing
  mutate({ projectId: 1, changes: {} })

  // A defaulted parameter may be left out, and keeps its type.
  useCreateTask().mutate({ projectId: 1, title: 'New' })
  // @ts-expect-error -- a title is text
  useCreateTask().mutate({ projectId: 1, title: 5 })

  // @ts-expect-error -- a project id is a number
  ProjectContext({ projectId: 'five' })
}
