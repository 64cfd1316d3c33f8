/** A run of the server as the client sees it. */

import type { Scope } from '@mizan/server'
import type { DataScope } from '../client/scope-port.ts'
import type { ScopeTransaction } from '../client/scope-transaction.ts'
import type { Changes } from './changes.ts'

/** @param transaction of the run; undefined where statements commit one by one */
export function toDataScope(
  scope: Scope,
  transaction: ScopeTransaction | undefined,
  changes: Changes,
): DataScope {
  return {
    principal: () => scope.principal,
    transaction,
    usesReads: !scope.mutates,
    // Who began to change things goes on to the end, whether or not somebody still waits for the answer: what was done
    // elsewhere (a payment, a mail) is to be written down.
    signal: scope.mutates ? undefined : scope.signal,
    observe({ reads, writes, unstorable }) {
      if (unstorable === true) scope.taint('unstorable')
      for (const tag of reads) scope.observeRead(tag)
      for (const tag of writes) scope.observeWrite(tag)
      if (writes.length > 0) changes.observed(writes, scope)
    },
  }
}
