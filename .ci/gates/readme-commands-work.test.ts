/** The gate that looks up what READMEs tell people to type. */

import { expect, test } from 'vitest'
import { fixture, packageManifest, rootManifest } from './fixture.ts'
import { readmeCommandsWork } from './readme-commands-work.ts'

test('a target, a verb and a script that do not exist are named with their line', async () => {
  await using repository = await fixture({
    'package.json': rootManifest,
    Makefile: 'test:\n\ttrue\n',
    'examples/a/package.json': packageManifest('@fixture/a', { scripts: { dev: 'true' } }),
    'README.md': [
      '```sh',
      'make test   # make nothing',
      'make tests',
      'npx mizan generate --check',
      'npx mizan generat',
      'npm run dev -w examples/a',
      'npm run build -w examples/a',
      '```',
    ].join('\n'),
  })
  expect(await readmeCommandsWork.check(repository.root)).toEqual([
    'README.md:3: the Makefile has no target tests',
    'README.md:5: mizan has no verb generat',
    'README.md:7: there is no npm script build in examples/a',
  ])
})
