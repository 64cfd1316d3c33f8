import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { removeAbandonedUploads } from './abandoned-uploads.ts'

test('uploads of a killed process go after a day; those of now, and what others keep there, stay', async () => {
  await using folder = await temporaryFolder()
  const old = new Date(Date.now() - 25 * 3_600_000)
  for (const name of ['mizan-upload-1-abc', 'mizan-upload-2-def', 'mizan-upload-notes', 'other'])
    await mkdir(join(folder.path, name))
  await writeFile(join(folder.path, 'mizan-upload-1-abc/1'), 'x')
  await writeFile(join(folder.path, 'mizan-upload-3-ghi'), 'a file')
  for (const name of ['mizan-upload-1-abc', 'mizan-upload-3-ghi', 'mizan-upload-notes', 'other'])
    await utimes(join(folder.path, name), old, old)
  await removeAbandonedUploads(folder.path)
  expect((await readdir(folder.path)).sort()).toEqual([
    'mizan-upload-2-def',
    'mizan-upload-3-ghi',
    'mizan-upload-notes',
    'other',
  ])
  await expect(removeAbandonedUploads(join(folder.path, 'nowhere'))).resolves.toBeUndefined()
})
