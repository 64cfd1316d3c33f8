/** Texts that would be more than texts in a page that does not escape them. */

import { psql } from './by-hand.ts'

/** Ends scripts, comments, attributes and lines of JavaScript, and then runs. */
export const hostile =
  '</script><!-- <script>pwned=1</script>\u2028\u2029]]>"\'`</title></textarea>&lt;<img src=x onerror=pwned=1>{{pwned}}${pwned=1}'

/** Puts it into every text that the page of a project shows, and one task on top of its first column. */
export async function makeHostile(databaseUrl: string, projectId: number): Promise<void> {
  const run = (statement: string, ...values: unknown[]): Promise<void> =>
    psql(databaseUrl, statement, values)
  await run(
    'update projects set name = left($1::text, 120), summary = $1::text where id = $2',
    hostile,
    projectId,
  )
  await run(
    'update workspaces set name = left($1::text, 120) where id = (select workspace_id from projects where id = $2)',
    hostile,
    projectId,
  )
  await run(
    'update tasks set title = $1::text, body = $1::text where project_id = $2',
    hostile,
    projectId,
  )
  await run(
    'update activity set subject = $1::text, detail = $1::text where project_id = $2 and detail is not null',
    hostile,
    projectId,
  )
  await run(
    'update comments set body = $1::text where task_id in (select id from tasks where project_id = $2)',
    hostile,
    projectId,
  )
}
