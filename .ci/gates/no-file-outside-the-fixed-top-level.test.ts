/** The gate that keeps the top level readable. */

import { expect, test } from 'vitest'
import { fixture, rootManifest } from './fixture.ts'
import { noFileOutsideTheFixedTopLevel } from './no-file-outside-the-fixed-top-level.ts'

test('a new folder and a new file at the top are named, an ignored one is not', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    '.gitignore': 'dist/\n*.log\n',
    'dist/x.js': '',
    'x.log': '',
    'cores/a.ts': '',
    'scripts/release.ts': '',
    'notes.txt': '',
  })
  const violations = await noFileOutsideTheFixedTopLevel.check(repository.root)
  expect(violations.map((line) => line.split(' ', 1)[0])).toEqual(['notes.txt', 'scripts'])
})
