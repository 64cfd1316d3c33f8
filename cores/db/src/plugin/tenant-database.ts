/** A client that is another one in each run: that of the run's tenant. */

import { Database } from '../client/database.ts'
import { DbError } from '../errors.ts'

/** @param current the client of whoever calls */
export function createTenantDatabase<S>(current: () => Database<S>): Database<S> {
  // cast: it has the prototype, so that who asks what it is gets the right answer; its members are those of `current()`
  const target = Object.create(Database.prototype) as Database<S>
  return new Proxy(target, {
    get(_, name) {
      // Who awaits it gets itself.
      if (name === 'then') return undefined
      if (name === 'destroy' || name === Symbol.asyncDispose) return refuse
      const database = current()
      const member: unknown = Reflect.get(database, name, database)
      return typeof member === 'function' ? member.bind(database) : member
    },
    has: (_, name) => name in Database.prototype,
    set() {
      throw new TypeError('the database of a tenant is not to be changed')
    },
  })
}

function refuse(): Promise<never> {
  return Promise.reject(
    new DbError('tenant_database', 'The clients of tenants are closed by their plugin'),
  )
}
