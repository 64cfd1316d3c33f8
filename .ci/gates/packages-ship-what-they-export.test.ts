/** The gate that asks npm what it would pack. */

import { expect, test } from 'vitest'
import { fixture, packageManifest, rootManifest } from './fixture.ts'
import { packagesShipWhatTheyExport } from './packages-ship-what-they-export.ts'

const built = {
  'dist/index.js': 'export const a = 1',
  'dist/index.d.ts': 'export declare const a: number',
  'src/index.ts': 'export const a = 1',
}

function packageFiles(folder: string, manifest: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...built, 'package.json': manifest }).map(([path, content]) => [
      `${folder}/${path}`,
      content,
    ]),
  )
}

test('a package that ships its entries and its command is fine, and an application is not asked', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    ...packageFiles(
      'cores/a',
      packageManifest('@fixture/a', { files: ['dist', 'src', 'bin'], bin: { a: './bin/a.js' } }),
    ),
    'cores/a/bin/a.js': '',
    ...packageFiles('examples/b', packageManifest('@fixture/b', { private: true, files: ['no'] })),
  })
  expect(await packagesShipWhatTheyExport.check(repository.root)).toEqual([])
})

test('what is exported and not packed, and tests that are packed, are named', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    ...packageFiles('cores/a', packageManifest('@fixture/a', { files: ['src'] })),
    'cores/a/src/index.test.ts': '',
    'cores/a/src/index.test-d.ts': '',
  })
  expect(await packagesShipWhatTheyExport.check(repository.root)).toEqual([
    '@fixture/a exports dist/index.d.ts, but does not pack it; see "files" of its package.json',
    '@fixture/a exports dist/index.js, but does not pack it; see "files" of its package.json',
    '@fixture/a packs src/index.test-d.ts; leave it out by "files" of its package.json',
    '@fixture/a packs src/index.test.ts; leave it out by "files" of its package.json',
  ])
})
