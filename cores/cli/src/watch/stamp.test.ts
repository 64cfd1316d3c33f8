import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { folderIdentity, isSame, stampOf } from './stamp.ts'

test('two writes that the clock of the file system does not tell apart are told apart by what they wrote', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.ts')
  writeFileSync(path, 'one')
  const one = stampOf(path)
  writeFileSync(path, 'two')
  const two = stampOf(path)
  if (one === undefined || two === undefined) return expect.unreachable()
  // As they are within one tick, whatever the file system of this machine has for a clock.
  const within = { ...two, facts: one.facts }
  const named = { path, isNamed: true }
  expect(isSame(one, within, named)).toBe(false)
  expect(isSame(two, { ...two }, named)).toBe(true)
  // Without an event there was no write.
  expect(isSame(one, within, { path, isNamed: false })).toBe(true)
  // Looked at again when no next write could look alike any more.
  expect(isSame(one, { facts: one.facts }, named)).toBe(false)
  expect(isSame(two, { facts: two.facts }, named)).toBe(true)
})

test('what is no file has no stamp, and what is no folder no identity', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a.ts')
  writeFileSync(path, '')
  expect([stampOf(folder.path), stampOf(join(path, 'b.ts')), stampOf(`${path}x`)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(folderIdentity(path)).toBeUndefined()
  expect(folderIdentity(folder.path)).toBe(folderIdentity(`${folder.path}/.`))
})
