import { expect, test } from 'vitest'
import { cliProject } from '../../test/cli-project.ts'

const echo = `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`

test('targets and the folder are what the command line says', async () => {
  await using project = await cliProject(`{ functions: ['src/**/*.ts'], targets: ['svelte'] }`, {
    'src/echo.ts': echo,
  })
  expect(
    await project.run(
      'generate',
      '--target',
      'react,vue',
      '--target',
      'openapi',
      '--out',
      'web/api',
    ),
  ).toMatchObject({ code: 0, errors: expect.stringContaining('web/api/react.gen.ts') })
  expect(await project.read('web/api/vue.gen.ts')).toContain('useEcho')
  expect(await project.read('web/api/server.gen.ts')).toContain(`'../../src/echo.ts'`)
  expect(JSON.parse(await project.read('web/api/openapi.gen.json'))).toMatchObject({
    openapi: '3.1.1',
  })
  await expect(project.read('web/api/svelte.gen.ts')).rejects.toThrow('ENOENT')
  await expect(project.read('mizan/client.gen.ts')).rejects.toThrow('ENOENT')
  expect(
    await project.run(
      'generate',
      '--check',
      '--target',
      'vue,react,openapi',
      '--out',
      './web/api/',
    ),
  ).toMatchObject({ code: 0 })
})

test('a target that does not exist is wrong use', async () => {
  await using project = await cliProject(`{ functions: ['src/**/*.ts'] }`, { 'src/echo.ts': echo })
  expect(await project.run('generate', '--target', 'angular')).toMatchObject({
    code: 2,
    errors: expect.stringContaining('has no target "angular"; there are react, vue, svelte'),
  })
  expect(await project.run('generate', '--out', '')).toMatchObject({ code: 2 })
})
