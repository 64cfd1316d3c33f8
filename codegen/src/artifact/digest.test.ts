import { expect, test } from 'vitest'
import { sourceProject } from '../../test/source-project.ts'

async function digestOf(text: string, file = 'a.ts'): Promise<string | undefined> {
  await using project = await sourceProject({ [file]: text })
  return (await project.generate()).artifact?.digest
}

const plain = `
  interface Task { title: string; description: string }
  export const rename = client((task: Task, title: string): Task => task)`

test('comments outdate no client, and neither does moving a function', async () => {
  const documented = `
    /** @deprecated */
    interface Task { /** Words. @title Name @example Bread */ title: string; description: string }
    /**
     * Renames a task.
     * @deprecated
     * @param title The new one.
     */
    export const rename = client((task: Task, title: string): Task => task)`
  const digest = await digestOf(plain)
  expect(digest).toMatch(/^[0-9a-f]{16}$/)
  expect(await digestOf(documented)).toBe(digest)
  expect(await digestOf(plain, 'deep/tasks.ts')).toBe(digest)
})

test('everything that a client or a cache could notice changes the digest', async () => {
  const changed = [
    plain.replace('title: string; ', ''),
    plain.replace('description', 'examples'),
    plain.replace('title: string)', 'title?: string)'),
    plain.replace('title: string)', `title = 'x')`),
    plain.replace('title: string)', '/** @minLength 1 */ title: string)'),
    plain.replace('client(', 'client({ timeout: 5 }, '),
  ]
  const digests = await Promise.all([plain, ...changed].map((text) => digestOf(text)))
  expect(new Set(digests).size).toBe(digests.length)
})
