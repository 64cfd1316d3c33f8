/** The gate against dependencies that come in unnoticed. */

import { expect, test } from 'vitest'
import { coresHaveOnlyTheDependenciesOnTheirList as gate } from './cores-have-only-the-dependencies-on-their-list.ts'
import { fixture, packageManifest, rootManifest } from './fixture.ts'

test('a dependency that is not on the list of a core is named', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/protocol/package.json': packageManifest('@mizan/protocol', {
      dependencies: { zod: '4.0.0' },
    }),
    'cores/protocol/src/index.ts': 'export {}',
  })
  expect(await gate.check(repository.root)).toEqual([
    'cores/protocol/package.json: zod is not on the list',
  ])
})

test('an import that the package.json does not declare is named with its line', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/server/package.json': packageManifest('@mizan/server', { dependencies: { jose: '6' } }),
    'cores/server/src/index.ts': `import 'node:fs'\nimport 'jose/jwt'\nimport 'reflect-metadata'`,
  })
  expect(await gate.check(repository.root)).toEqual([
    'cores/server/src/index.ts:3: reflect-metadata is imported and not declared',
  ])
})
