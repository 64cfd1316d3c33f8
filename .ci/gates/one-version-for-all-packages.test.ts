/** The gate that keeps the packages in step. */

import { expect, test } from 'vitest'
import { fixture, packageManifest, rootManifest } from './fixture.ts'
import { oneVersionForAllPackages } from './one-version-for-all-packages.ts'

test('a package of another version, and one that wants another version, are named', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/a/package.json': packageManifest('@mizan/a', { version: '1.0.1' }),
    'cores/b/package.json': packageManifest('@mizan/b', { dependencies: { '@mizan/a': '^0.9.0' } }),
    'cores/c/package.json': packageManifest('@mizan/c', { dependencies: { '@mizan/b': '1.0.0' } }),
  })
  expect(await oneVersionForAllPackages.check(repository.root)).toEqual([
    'cores/a/package.json has version 1.0.1, the root has 1.0.0',
    'cores/b/package.json wants @mizan/a ^0.9.0, the root has 1.0.0',
  ])
})
