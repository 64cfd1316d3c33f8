/** The gate against generated files that the source has left behind. */

import { expect, test } from 'vitest'
import { mizan } from '../mizan.ts'
import { fixture, rootManifest } from './fixture.ts'
import { generatedFilesAreCurrent } from './generated-files-are-current.ts'

test('a function that was added after the last generate is noticed', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'examples/a/mizan.config.ts': [
      `import { defineConfig } from '@mizan/cli'`,
      `export default defineConfig({ functions: ['src/*.ts'], out: 'mizan', targets: [] })`,
    ].join('\n'),
    'examples/a/src/echo.ts': `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`,
  })
  expect(await mizan(['generate'], `${repository.root}/examples/a`)).toMatchObject({ code: 0 })
  expect(await generatedFilesAreCurrent.check(repository.root)).toEqual([])

  await repository.write(
    'examples/a/src/echo.ts',
    `import { client } from '@mizan/server'\nexport const echo = client((text: number) => text)\n`,
  )
  const violations = await generatedFilesAreCurrent.check(repository.root)
  expect(violations).toHaveLength(1)
  expect(violations[0]).toMatch(/^examples\/a: [^]*run: mizan generate$/)

  await repository.write('examples/a/mizan/manifest.gen.json', '{}')
  const withManifest = await generatedFilesAreCurrent.check(repository.root)
  expect(withManifest.at(-1)).toMatch(/^examples\/a: mizan\/manifest\.gen\.json is stale/)
})
