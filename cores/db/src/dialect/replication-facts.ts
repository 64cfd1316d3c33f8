/** How far copies of a database have come. */

/** Absent where a database cannot tell: changed tables are read from the primary for a while then. */
export interface ReplicationFacts {
  /** Asks the primary: a place in its log behind everything that was committed, as text. */
  readonly written: string
  /** Asks a replica whether it has come to the place that is the one parameter; null from a database that is no replica. */
  readonly reached: string
}
