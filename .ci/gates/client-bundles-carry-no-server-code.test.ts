/** The gate that looks into what a browser downloads. */

import { expect, test } from 'vitest'
import { clientBundlesCarryNoServerCode } from './client-bundles-carry-no-server-code.ts'
import { fixture, packageManifest, rootManifest } from './fixture.ts'

const application = {
  'package.json': rootManifest,
  'examples/a/package.json': packageManifest('@fixture/a'),
  'examples/a/vite.config.ts': `export default { resolve: { conditions: ['@mizan/source', 'browser'] } }`,
  'examples/a/index.html': '<script type="module" src="/src/web/main.ts"></script>',
}

test('a page that uses the protocol alone is clean', async () => {
  await using repository = await fixture({
    ...application,
    'examples/a/src/web/main.ts': `import { toWireName } from '@mizan/protocol'\ndocument.title = String(toWireName('a'))`,
  })
  expect(await clientBundlesCarryNoServerCode.check(repository.root)).toEqual([])
})

test('a module of the server is named, whoever brings it in', async () => {
  await using repository = await fixture({
    ...application,
    'examples/a/src/web/main.ts': `import { secret } from './inner.ts'\ndocument.title = secret`,
    'examples/a/src/web/inner.ts': `export { secret } from '../functions/tasks.ts'`,
    'examples/a/src/functions/tasks.ts': `export const secret = process.title`,
    'examples/a/mizan/server.gen.ts': `import * as m0 from '../src/functions/tasks.ts'\nexport { m0 }`,
  })
  expect(await clientBundlesCarryNoServerCode.check(repository.root)).toEqual([
    'examples/a: examples/a/src/functions/tasks.ts is in the client bundle',
  ])
})

test('a package of the server and a module of Node are named', async () => {
  await using repository = await fixture({
    ...application,
    'examples/a/src/web/main.ts': `import { sql } from 'kysely'\nimport { EventEmitter } from 'node:events'\ndocument.title = String(sql) + EventEmitter`,
  })
  const violations = await clientBundlesCarryNoServerCode.check(repository.root)
  expect(violations.some((line) => line.includes('node_modules/kysely'))).toBe(true)
  expect(violations.some((line) => line.includes('vite-browser-external'))).toBe(true)
})
