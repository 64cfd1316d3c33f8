import { expect, test } from 'vitest'
import { emptySnapshot, type SchemaSnapshot } from '../snapshot.ts'
import { type GrantSnapshot, toGrants } from './grant.ts'
import { withImplied, withoutImplied } from './implied-grants.ts'

const given: GrantSnapshot = {
  on: 'table',
  name: 'tasks',
  to: 'app',
  privileges: ['insert', 'select', 'update'],
}

function withGrants(...grants: readonly GrantSnapshot[]): SchemaSnapshot {
  return { ...emptySnapshot, grants: toGrants(grants) }
}

test('what is implied stands in no file', () => {
  expect(withoutImplied(withGrants({ ...given, implied: given.privileges }))).toEqual(emptySnapshot)
  expect(withoutImplied(withGrants({ ...given, implied: ['select'] }))).toEqual(
    withGrants({ ...given, privileges: ['insert', 'update'] }),
  )
})

test('an owner has what was granted to it where somebody else was the owner, and no more', () => {
  const live = withGrants({ ...given, implied: given.privileges })
  const stated = withGrants(
    { ...given, privileges: ['select', 'update'], grantable: ['update'] },
    { ...given, column: 'title', privileges: ['insert'] },
  )
  expect(withImplied(live, stated)).toEqual(stated)
  // Another role is no owner, and other rights are not those of an owner.
  const others = withGrants(
    { ...given, to: 'other' },
    { ...given, column: 'title', privileges: ['references'] },
  )
  expect(withImplied(live, others)).toEqual(emptySnapshot)
})
