/** What a step tells while it runs. */

/** What is recorded of a step. */
export interface StepRecord {
  /** `20261120_add_users, step 2 of 3` */
  readonly where: string
  /** Inside the transaction, before its statements: false when somebody else has done the step. */
  claim(): Promise<boolean>
  /** Before a statement without a transaction. */
  intend(): Promise<void>
  /** When it is done; inside the transaction, where there is one. */
  record(): Promise<void>
  /** A single statement was refused: it did not happen. */
  forget(error: unknown): Promise<void>
  /** Rows that a batch has changed so far; throws to stop there. */
  progress(rows: number): void
}
