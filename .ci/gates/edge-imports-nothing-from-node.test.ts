/** The gate that keeps Node out of browsers and Workers. */

import { expect, test } from 'vitest'
import { edgeImportsNothingFromNode } from './edge-imports-nothing-from-node.ts'
import { fixture, packageManifest, rootManifest } from './fixture.ts'

test('a module of Node is found behind relative imports and workspace packages', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/protocol/package.json': packageManifest('@mizan/protocol'),
    'cores/protocol/src/index.ts': `export * from './hash.ts'`,
    'cores/protocol/src/hash.ts': `import { createHash } from 'node:crypto'\nexport { createHash }`,
    'cores/edge/package.json': packageManifest('@mizan/edge'),
    'cores/edge/src/index.ts': `export * from '@mizan/protocol'\nimport 'fs'`,
  })
  expect(await edgeImportsNothingFromNode.check(repository.root)).toEqual([
    'cores/protocol/src/hash.ts:1: @mizan/protocol reaches node:crypto',
    'cores/edge/src/index.ts:2: @mizan/edge reaches fs',
    'cores/protocol/src/hash.ts:1: @mizan/edge reaches node:crypto',
  ])
})

test('what is not portable may use Node', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/server/package.json': packageManifest('@mizan/server'),
    'cores/server/src/index.ts': `import 'node:http'`,
  })
  expect(await edgeImportsNothingFromNode.check(repository.root)).toEqual([])
})
