/** Random schemas: what their keys are and do. */

import fc from 'fast-check'
import { boolean, foreignKey, integer, primaryKey, serial, table, varchar } from '../index.ts'

const actions = ['cascade', 'set null', 'no action'] as const
const action = fc.constantFrom(...actions)

/** What differs between the schemas: kinds of keys and what they do. */
export const shapes = fc.record({
  key: fc.constantFrom('serial', 'integer', 'text'),
  onDelete: fc.tuple(action, action, action),
  onUpdate: fc.tuple(action, action, action),
  tagged: fc.boolean(),
})
export type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never

export function makeSchema({ key, onDelete, onUpdate, tagged }: Shape) {
  const same = () => (key === 'text' ? varchar(8) : integer())
  const own = () => (key === 'serial' ? serial() : same())
  const label = () => (tagged ? varchar(4).tag() : varchar(4))
  const owners = table('owners', { id: own().primaryKey(), label: label(), flag: boolean().tag() })
  const items = table(
    'owned_items',
    {
      id: own().primaryKey(),
      ownerId: same().references(() => owners.id, {
        onDelete: onDelete[0],
        onUpdate: onUpdate[0],
      }),
      parentId: same(),
      label: label(),
      amount: integer({ name: 'how_many' }),
    },
    (t) => ({
      parent: foreignKey(t.parentId).references([t.id], {
        onDelete: onDelete[1],
        onUpdate: onUpdate[1],
      }),
    }),
  )
  const pairs = table(
    'pairs',
    {
      ownerId: same()
        .notNull()
        .references(() => owners.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
      itemId: same()
        .notNull()
        .references(() => items.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
      label: label(),
    },
    (t) => ({ key: primaryKey(t.ownerId, t.itemId) }),
  )
  const notes = table(
    'notes',
    {
      id: serial().primaryKey(),
      pairOwner: same(),
      pairItem: same(),
      flag: boolean(),
    },
    (t) => ({
      pair: foreignKey(t.pairOwner, t.pairItem).references([pairs.ownerId, pairs.itemId], {
        onDelete: onDelete[2],
        onUpdate: onUpdate[2],
      }),
    }),
  )
  return { owners, items, pairs, notes }
}
