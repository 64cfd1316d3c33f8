/** Rights on a table as the calls that declare them. */

import type { GrantSnapshot } from './grant.ts'

/** How names stand in the source. */
export interface GrantNames {
  /** A column, by its database name: `t.title`. */
  own(column: string): string
  /** A text as a literal. */
  text(value: string): string
}

/** One call for each role and its privileges; columns on which it has the same stand together. */
export function grantCalls(
  grants: readonly GrantSnapshot[],
  { own, text }: GrantNames,
): readonly string[] {
  const columnsOf = new Map<string, string[]>()
  const calls = new Map<string, readonly [string, string]>()
  for (const grant of grants) {
    for (const [privileges, options] of passed(grant)) {
      const call = `grant(${privileges.map(text).join(', ')})`
      const to = `.to(${text(grant.to)}${options})`
      const key = JSON.stringify([call, to, grant.column === undefined])
      calls.set(key, [call, to])
      const columns = columnsOf.get(key) ?? []
      columnsOf.set(key, grant.column === undefined ? columns : [...columns, own(grant.column)])
    }
  }
  return [...calls].map(([key, [call, to]]) => {
    const columns = columnsOf.get(key) ?? []
    return `${call}${columns.length === 0 ? '' : `.on(${columns.join(', ')})`}${to}`
  })
}

/** Privileges, those that may be passed on apart, with what says so. */
function passed({
  privileges,
  grantable = [],
}: GrantSnapshot): readonly (readonly [readonly string[], string])[] {
  const plain = privileges.filter((one) => !grantable.includes(one))
  return [
    ...(plain.length === 0 ? [] : [[plain, ''] as const]),
    ...(grantable.length === 0 ? [] : [[grantable, ', { grantable: true }'] as const]),
  ]
}
