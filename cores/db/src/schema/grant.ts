/** `grant('select').to('reporting')`: what a role of the database may do with a table that another role owns. */

import type { AnyBoundColumn } from './column.ts'
import type { AnyColumn } from './column-builder.ts'

const columnPrivileges = ['select', 'insert', 'update', 'references'] as const

/** What a role may do with single columns. */
export type ColumnPrivilege = (typeof columnPrivileges)[number]

/** What a role may do with a table; `maintain` from PostgreSQL 17 on. */
export type TablePrivilege = ColumnPrivilege | 'delete' | 'truncate' | 'trigger' | 'maintain'

/** What a grant may say besides who may do what. */
export interface GrantOptions {
  /** The role may give the same to others. @default false */
  readonly grantable?: boolean
}

/** Rights on a table, as a constraint of its declaration. */
export interface GrantConstraint {
  readonly kind: 'grant'
  readonly privileges: readonly TablePrivilege[]
  /** Empty: on the whole table. */
  readonly columns: readonly AnyBoundColumn[]
  readonly to: string
  readonly grantable: boolean
}

/** The last step of a grant: who gets it. */
export interface GrantTo {
  /** @param role A role of the server, which must be there when the migration runs; `public` is everybody. */
  to(role: string, options?: GrantOptions): GrantConstraint
}

/** The step between privileges and columns or a role. */
export interface GrantOn<Privilege extends TablePrivilege> extends GrantTo {
  /** On these columns alone. */
  readonly on: [Privilege] extends [ColumnPrivilege]
    ? (...columns: readonly [AnyColumn, ...AnyColumn[]]) => GrantTo
    : never
}

/**
 * States a right: `grant('select', 'insert').to('app')`, `grant('update').on(t.title).to('editor', { grantable: true })`. Among
 * the constraints of a table; what is not stated there is taken by the next migration. PostgreSQL alone.
 *
 * @throws TypeError without a privilege or a role, and for a right that no single column can have
 */
export function grant<const Privilege extends TablePrivilege>(
  ...privileges: readonly [Privilege, ...Privilege[]]
): GrantOn<Privilege> {
  if (privileges.length === 0) throw new TypeError('grant(): name at least one privilege')
  const called = `grant(${privileges.join(', ')})`
  const on = (...columns: readonly AnyColumn[]): GrantTo => {
    const other = privileges.find((one) => !columnPrivileges.some((known) => known === one))
    if (columns.length > 0 && other !== undefined)
      throw new TypeError(`${called}.on(): ${other} is a right on whole tables`)
    return {
      to(role, { grantable = false } = {}) {
        if (role === '') throw new TypeError(`${called}.to(): a role has a name`)
        if (role === 'public' && grantable)
          throw new TypeError(`${called}.to('public'): everybody cannot pass a right on`)
        return Object.freeze<GrantConstraint>({
          kind: 'grant',
          privileges,
          columns,
          to: role,
          grantable,
        })
      },
    }
  }
  // cast: where the type says never, nobody calls it
  return { ...on(), on } as unknown as GrantOn<Privilege>
}
