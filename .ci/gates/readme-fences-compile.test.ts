/** The gate that compiles what READMEs show. */

import { expect, test } from 'vitest'
import { fixture, rootManifest } from './fixture.ts'
import { readmeFencesCompile } from './readme-fences-compile.ts'

const fence = '```'

test('an error is told at the line of the README', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'README.md': `# A\n\n${fence}ts\nconst a = 1\nexport const b: string = a\n${fence}\n`,
  })
  const violations = await readmeFencesCompile.check(repository.root)
  expect(violations).toEqual([
    `README.md:5: error TS2322: Type 'number' is not assignable to type 'string'.`,
  ])
})

test('a name that the package does not export is an error', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'cores/a/README.md': `${fence}ts\nimport { toWireNam } from '@mizan/protocol'\ntoWireNam('a')\n${fence}\n`,
  })
  const violations = await readmeFencesCompile.check(repository.root)
  expect(violations[0]).toMatch(/^cores\/a\/README\.md:2: error TS\d+: .*toWireNam/)
})

test('titled fences are files that can import each other, and text is left alone', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'README.md': [
      `${fence}ts title=src/a.ts`,
      'export const a: number = 1',
      fence,
      `${fence}tsx title=src/b.tsx`,
      `import { a } from './a.ts'`,
      'export const b: number = a',
      fence,
      `${fence}text`,
      'const c: string = 1',
      fence,
    ].join('\n'),
  })
  expect(await readmeFencesCompile.check(repository.root)).toEqual([])
})

test('a fence finds the source beside its README', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'examples/a/src/model.ts': 'export type Status = "todo" | "done"',
    'examples/a/README.md': `${fence}ts\nimport type { Status } from './src/model.ts'\nexport const a: Status = 'later'\n${fence}\n`,
  })
  const violations = await readmeFencesCompile.check(repository.root)
  expect(violations).toHaveLength(1)
  expect(violations[0]).toMatch(/^examples\/a\/README\.md:3: error TS2322/)
})
