/** The gate against arrows that nobody drew. */

import { expect, test } from 'vitest'
import { arrowsAreAsDrawn } from './arrows-are-as-drawn.ts'
import { fixture, packageManifest, rootManifest } from './fixture.ts'

test('an import along an arrow is allowed', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/server/package.json': packageManifest('@mizan/server', {
      dependencies: { '@mizan/protocol': '1.0.0' },
    }),
    'cores/server/src/index.ts': `export * from '@mizan/protocol'`,
  })
  expect(await arrowsAreAsDrawn.check(repository.root)).toEqual([])
})

test('an import against an arrow is named with its line, also behind a relative import', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/base/package.json': packageManifest('@mizan/base'),
    'cores/base/src/index.ts': `export { x } from './inner.ts'`,
    'cores/base/src/inner.ts': `\nimport { y } from '@mizan/server'\nexport const x = y`,
  })
  expect(await arrowsAreAsDrawn.check(repository.root)).toEqual([
    'cores/base/src/inner.ts:2: @mizan/base imports @mizan/server: no such arrow',
  ])
})

test('a type is an arrow too, however it is imported', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/edge/package.json': packageManifest('@mizan/edge'),
    'cores/edge/src/index.ts': [
      `import type { App } from '@mizan/server'`,
      `export type { Kernel } from '@mizan/base'`,
      `export type Table = import('@mizan/db').Table`,
    ].join('\n'),
  })
  expect(await arrowsAreAsDrawn.check(repository.root)).toHaveLength(3)
})

test('an arrow belongs to an entry: what the plugin of the data core may know, its core may not', async () => {
  const exports = {
    '.': { '@mizan/source': './src/index.ts' },
    './plugin': { '@mizan/source': './src/plugin.ts' },
  }
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/db/package.json': packageManifest('@mizan/db', { exports }),
    'cores/db/src/index.ts': `import '@mizan/server'`,
    'cores/db/src/plugin.ts': `import '@mizan/server'`,
  })
  expect(await arrowsAreAsDrawn.check(repository.root)).toEqual([
    'cores/db/src/index.ts:1: @mizan/db imports @mizan/server: no such arrow',
  ])
})

test('what only import() may name is refused as an import statement', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/cli/package.json': packageManifest('@mizan/cli'),
    'cores/cli/src/index.ts': `import '@mizan/ssr'\nexport const load = () => import('@mizan/testing')`,
  })
  expect(await arrowsAreAsDrawn.check(repository.root)).toEqual([
    'cores/cli/src/index.ts:1: @mizan/cli may load @mizan/ssr by import() only',
  ])
})

test('a dependency in package.json is an arrow', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/protocol/package.json': packageManifest('@mizan/protocol', {
      peerDependencies: { '@mizan/base': '1.0.0' },
    }),
    'cores/protocol/src/index.ts': 'export {}',
  })
  expect(await arrowsAreAsDrawn.check(repository.root)).toEqual([
    'cores/protocol/package.json depends on @mizan/base: no such arrow',
  ])
})

test('a test may import what it likes', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/protocol/package.json': packageManifest('@mizan/protocol'),
    'cores/protocol/src/index.ts': 'export {}',
    'cores/protocol/src/index.test.ts': `import '@mizan/server'`,
  })
  expect(await arrowsAreAsDrawn.check(repository.root)).toEqual([])
})
