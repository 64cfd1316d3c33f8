/** An app with something to show, something that changes it, and ways to go wrong. */

import {
  type App,
  type AppOptions,
  client,
  collect,
  type Context,
  createApp,
  currentScope,
  defineContext,
  type Functions,
  getPrincipal,
  getSignal,
  GlobalContext,
  invalidate,
  type LiveCounts,
  signIn,
  signOut,
} from '../src/index.ts'
import { cache, identity } from './people.ts'
import { silentLogger } from './send.ts'

export const ItemContext: Context<'item'> = defineContext('item')
export const StaffContext: Context<'staff'> = defineContext('staff')
export const RowsContext: Context<'rows'> = defineContext('rows')

/** Signals of calls that wait. */
export const waiting: AbortSignal[] = []

/** State of its own for each app, unless it is shared on purpose. */
export function liveFunctions(names: Map<number, string> = new Map()): Functions {
  return collect(
    client({ context: ItemContext }, function item(itemId: number): string {
      return names.get(itemId) ?? `Item ${itemId}`
    }),
    client({ context: StaffContext, auth: 'staff' }, function report(): string {
      return 'numbers'
    }),
    client({ context: GlobalContext }, function currentUser(): string | null {
      return getPrincipal()?.id ?? null
    }),
    // What the data core would observe.
    client({ context: RowsContext }, function row(rowId: number): number {
      currentScope()?.observeRead('rows:*')
      currentScope()?.observeRead(`rows:id=${rowId}`)
      return rowId
    }),
    client({ websocket: true }, function writeRow(rowId: number): void {
      currentScope()?.observeWrite('rows')
      currentScope()?.observeWrite(`rows:id=${rowId}`)
    }),
    client(
      { websocket: true, affects: ItemContext },
      function rename(itemId: number, name: string): void {
        names.set(itemId, name)
      },
    ),
    client({ websocket: true, affects: StaffContext }, function recount(): void {}),
    client({ websocket: true, affects: ItemContext }, function fail(itemId: number): void {
      invalidate(ItemContext, { itemId })
      throw new Error('the password is hunter2')
    }),
    client({ websocket: true }, function echo(text: string): string {
      return text
    }),
    client({ websocket: true, auth: true }, function whoAmI(): string {
      return getPrincipal()?.id ?? ''
    }),
    client({ websocket: true }, async function wait(): Promise<void> {
      const signal = getSignal()
      waiting.push(signal)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    }),
    client({ websocket: true }, function enterHere(id: string): Promise<void> {
      return signIn(id)
    }),
    client(function notOverSockets(): void {}),
    client(function enter(id: string): Promise<void> {
      return signIn(id)
    }),
    client(function leave(): Promise<void> {
      return signOut()
    }),
  )
}

/** Quiet, with everybody known. */
export function liveApp(options: Partial<AppOptions> = {}): App {
  return createApp({
    functions: liveFunctions(),
    identity,
    cache,
    logger: silentLogger(),
    ...options,
  })
}

/** What is there once nobody is. */
export const nothing: LiveCounts = { connections: 0, subscriptions: 0, joins: 0, rooms: 0 }
