import { expect, test } from 'vitest'
import { createTagDigests } from './tag-digests.ts'

const digests = createTagDigests('a-cache-secret-for-tests-of-32-bytes!!')

test('a tag is 32 hex digits that tell nothing, equal for reads and writes and on every process', () => {
  const [read] = digests.ofReads(['tasks:id=5'])
  expect(read).toMatch(/^[0-9a-f]{32}$/)
  expect(digests.ofWrites(['tasks:id=5'])).toEqual([read])
  expect(
    createTagDigests('a-cache-secret-for-tests-of-32-bytes!!').ofReads(['tasks:id=5']),
  ).toEqual([read])
  expect(
    createTagDigests('another-secret-for-tests-of-32-bytes!!').ofReads(['tasks:id=5']),
  ).not.toEqual([read])
})

test('too many tags widen, and a wide write still meets every read', () => {
  const rows = Array.from({ length: 200 }, (_, id) => `tasks:id=${id}`)
  expect(digests.ofReads(rows)).toEqual(digests.ofReads(['tasks']))
  const changed = digests.ofWrites(['tasks', ...rows])
  expect(changed).toHaveLength(2)
  expect(changed).toEqual(
    expect.arrayContaining([...digests.ofReads(['tasks']), ...digests.ofReads(['tasks:*'])]),
  )
})

test('the table with most tags widens first, the others stay exact', () => {
  const few = ['tasks:*', 'tasks:project_id=1', 'projects:*', 'projects:id=1']
  const many = Array.from({ length: 100 }, (_, id) => `comments:task_id=${id}`)
  expect(digests.ofReads([...few, ...many])).toEqual(digests.ofReads([...few, 'comments']))
  expect(digests.ofReads([...few, ...many].toReversed(), 3)).toEqual(
    digests.ofReads(['comments', 'tasks', 'projects']),
  )
  const written = digests.ofWrites(['tasks', 'tasks:id=1', 'comments', ...many])
  expect(written).toEqual(digests.ofWrites(['tasks', 'tasks:id=1', 'comments', 'comments:*']))
})

test('what was read from nobody knows where is told as such', () => {
  expect(digests.ofReads(['tasks:id=5', '*'])).toEqual(['*'])
})
