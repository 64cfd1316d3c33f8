/** The gate that loads what was built. */

import { expect, test } from 'vitest'
import { everyEntryCanBeRequired } from './every-entry-can-be-required.ts'
import { fixture, packageManifest, rootManifest } from './fixture.ts'

test('a built entry loads', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/a/package.json': packageManifest('@fixture/a'),
    'cores/a/dist/index.js': 'export const a = 1',
    'cores/a/dist/index.d.ts': 'export declare const a: number',
  })
  expect(await everyEntryCanBeRequired.check(repository.root)).toEqual([])
})

test('a top-level await, a missing file and a broken import are named', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/a/package.json': packageManifest('@fixture/a'),
    'cores/a/dist/index.js': 'export const a = await 1',
    'cores/a/dist/index.d.ts': '',
    'cores/b/package.json': packageManifest('@fixture/b'),
    'cores/b/dist/index.js': `import './inner.js'`,
  })
  const violations = await everyEntryCanBeRequired.check(repository.root)
  expect(
    violations.filter((line) => /require\("@fixture\/a"\).*top-level await/.test(line)),
  ).not.toEqual([])
  expect(violations.filter((line) => /require\("@fixture\/b"\).*inner\.js/.test(line))).not.toEqual(
    [],
  )
  expect(violations).toContain('@fixture/b: cores/b/dist/index.d.ts does not exist after tsc -b')
})

test('an entry that keeps the process alive is named', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/a/package.json': packageManifest('@fixture/a', { engines: { node: '>=22' } }),
    'cores/a/dist/index.js': 'setInterval(() => {}, 1000)',
    'cores/a/dist/index.d.ts': '',
  })
  const violations = await everyEntryCanBeRequired.check(repository.root)
  expect(violations).toHaveLength(1)
  expect(violations[0]).toMatch(/@fixture\/a keeps the process alive/)
})
