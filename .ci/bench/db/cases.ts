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
  end(): Promise<void>
}

/** One column of the table. */
export interface Case {
  readonly name: string
  readonly run: Exclude<keyof Contestant, 'name' | 'end'>
  readonly inFlight: number
  readonly writes: boolean
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
    argument: () => 0,
  },
  { name: 'page', run: 'page', inFlight: 1, writes: false, argument: (index) => index % 10 },
]
