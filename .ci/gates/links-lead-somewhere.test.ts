/** The gate against links that went dead. */

import { expect, test } from 'vitest'
import { fixture, rootManifest } from './fixture.ts'
import { linksLeadSomewhere } from './links-lead-somewhere.ts'

test('a link to a file that is gone is named with its line', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    'ROADMAP.md': 'see [a](cores/a.ts#L1)\nand [b](cores/b.ts), [c](https://example.org/c)\n',
    'cores/a.ts': '',
    'cores/README.md': '[up](../ROADMAP.md)\n```ts\nconst x = [0](y)\n```\n',
  })
  expect(await linksLeadSomewhere.check(repository.root)).toEqual([
    'ROADMAP.md:2: cores/b.ts does not exist',
  ])
})
