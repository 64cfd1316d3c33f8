/** What the pages ask for together: one context is one request, and one thing that a mutation can name. */

import { type Context, defineContext } from '@mizan/server'

/** The people one may sign in as. */
export const DirectoryContext: Context<'directory'> = defineContext('directory')

/** A workspace: its projects and people. Param: `workspaceId`. */
export const WorkspaceContext: Context<'workspace'> = defineContext('workspace')

/** All views of one project. Param: `projectId`. */
export const ProjectContext: Context<'project'> = defineContext('project')

/** One task and what was said about it. Param: `taskId`. */
export const TaskContext: Context<'task'> = defineContext('task')

/** What everybody may see of a published project. Param: `slug`. */
export const PublicProjectContext: Context<'public_project'> = defineContext('public_project')
