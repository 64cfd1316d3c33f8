/** What goes between the studio and the process that looks at a SQLite file for it. */

/** A statement. */
export interface Question {
  /** From 1. */
  readonly id: number
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** What became of it; of 0: whether the file could be opened. */
export type Reply =
  | { readonly id: number; readonly rows: readonly Record<string, unknown>[] }
  | { readonly id: number; readonly code: string; readonly message: string }
