/** The gate that keeps fresh clones installable. */

import { expect, test } from 'vitest'
import { fixture, packageManifest, rootManifest } from './fixture.ts'
import { lockFileKnowsEveryDependency } from './lock-file-knows-every-dependency.ts'

test('a dependency that was added without npm install is named', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/a/package.json': packageManifest('@mizan/a', { dependencies: { jose: '6', pg: '8' } }),
    'package-lock.json': { packages: { '': {}, 'cores/a': { dependencies: { jose: '6' } } } },
  })
  expect(await lockFileKnowsEveryDependency.check(repository.root)).toEqual([
    'cores/a/package.json wants pg 8, the lock file does not: run npm install',
  ])
})
