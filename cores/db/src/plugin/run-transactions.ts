/** The transactions of runs, where it is not known beforehand which databases a run will use. */

import type { Scope } from '@mizan/server'
import type { Database } from '../client/database.ts'
import type { ScopeTransaction } from '../client/scope-transaction.ts'

type AnyDatabase = Pick<Database<never>, 'createScopeTransaction'>

interface Run {
  readonly transactions: Map<AnyDatabase, ScopeTransaction>
  hasEnded: boolean
}

/** One transaction for each run and database, from the first statement to the end of the run. */
export class RunTransactions {
  readonly #runs = new WeakMap<Scope, Run>()

  /** The transaction of a run; undefined where statements commit one by one. */
  of(scope: Scope, database: AnyDatabase): ScopeTransaction | undefined {
    const run = this.#runs.get(scope)
    if (run === undefined) return undefined
    let transaction = run.transactions.get(database)
    if (transaction === undefined) {
      transaction = database.createScopeTransaction()
      // Too late: it refuses what nobody would commit.
      if (run.hasEnded) void transaction.rollback()
      run.transactions.set(database, transaction)
    }
    return transaction
  }

  /** Runs `work` as a run that changes things: all is stored when it returns, and undone when it throws. */
  async around<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    const run: Run = { transactions: new Map(), hasEnded: false }
    this.#runs.set(scope, run)
    let result: T
    try {
      result = await work()
    } catch (error) {
      run.hasEnded = true
      // The function's error is the answer; a connection that cannot roll back is lost anyway.
      for (const one of run.transactions.values()) await one.rollback().catch(() => undefined)
      throw error
    }
    run.hasEnded = true
    const left = [...run.transactions.values()]
    try {
      for (let one = left.shift(); one !== undefined; one = left.shift()) await one.commit()
    } finally {
      // After one that was refused, those behind it have nothing to stand on.
      for (const one of left) await one.rollback().catch(() => undefined)
    }
    return result
  }
}
