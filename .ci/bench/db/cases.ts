/** What is measured. */

/** Ways to ask that every contestant has, or leaves out. */
export interface Contestant {
  readonly name: string
  readonly byKey?: (id: number) => Promise<unknown>
  readonly insert?: (id: number) => Promise<unknown>
  /** A user with ten posts. */
  readonly nestedOne?: (id: number) => Promise<unknown>
  /** A thousand users with ten posts each, found by an index. */
  readonly nestedAll?: () => Promise<unknown>
  /** The same without the index. */
  readonly nestedUnindexed?: () => Promise<unknown>
  /** A filter, an order and twenty rows. */
  readonly page?: (id: number) => Promise<unknown>
  /** The next twenty rows of a query, behind a place in its order: pages 2 to 5 of posts by likes. */
  readonly pageAfter?: (page: number) => Promise<unknown>
  end(): Promise<void>
}

/** One column of the table. */
export interface Case {
  readonly name: string
  readonly run: Exclude<keyof Contestant, 'name' | 'end'>
  readonly inFlight: number
  readonly writes: boolean
  /** Where a single run may take seconds. @default those of the bench */
  readonly rounds?: number
  argument(index: number): number
}

const anyUser = (index: number): number => 1 + ((index * 7919) % 1000)

export const cases: readonly Case[] = [
  { name: 'by key', run: 'byKey', inFlight: 1, writes: false, argument: anyUser },
  { name: 'by key, 16', run: 'byKey', inFlight: 16, writes: false, argument: anyUser },
  { name: 'insert', run: 'insert', inFlight: 1, writes: true, argument: anyUser },
  { name: '1×10', run: 'nestedOne', inFlight: 1, writes: false, argument: anyUser },
  { name: '1000×10', run: 'nestedAll', inFlight: 1, writes: false, argument: () => 0 },
  {
    name: '1000×10, no index',
    run: 'nestedUnindexed',
    inFlight: 1,
    writes: false,
    rounds: 3,
    argument: () => 0,
  },
  { name: 'page', run: 'page', inFlight: 1, writes: false, argument: (index) => index % 10 },
  {
    name: 'next page',
    run: 'pageAfter',
    inFlight: 1,
    writes: false,
    argument: (index) => 1 + (index % 4),
  },
]

/** The last post of a page of twenty by likes and id. */
export function lastOfPage(page: number): { readonly likes: number; readonly id: number } {
  return { likes: 0, id: 2000 * page }
}
