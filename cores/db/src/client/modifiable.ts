/** `.modify()`: conditions and orders that several queries share, as functions. */

/** A query that is handed to functions. */
export interface Modifiable<Query> {
  /**
   * Goes on with what `change` makes of the query: `db.select().from(users).modify(onlyActive, true).where(…)`.
   */
  modify<Changed extends object, Given extends readonly unknown[]>(
    change: (query: Query, ...given: Given) => Changed,
    ...given: Given
  ): Changed & Modifiable<Changed>
}

/** A builder with `modify` beside its own methods; what those give is the builder's own. */
export function modifiable<Query extends object>(query: Query): Query & Modifiable<Query> {
  // cast: the proxy adds the one method
  return new Proxy(query, handler) as Query & Modifiable<Query>
}

const handler: ProxyHandler<object> = {
  get(query, name) {
    if (name === 'modify') {
      return (change: (query: object, ...given: unknown[]) => object, ...given: unknown[]) =>
        modifiable(change(query, ...given))
    }
    const member: unknown = Reflect.get(query, name, query)
    // Private members are the target's: its methods are called on it.
    return typeof member === 'function' ? member.bind(query) : member
  },
}
