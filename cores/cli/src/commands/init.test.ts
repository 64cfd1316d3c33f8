import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../../test/cli-project.ts'

test('in a new project everything is written, and what was written generates', async () => {
  await using project = await cliProject('{}')
  for (const file of ['mizan.config.ts', 'tsconfig.json']) await project.remove(file)
  await project.write(
    'package.json',
    '{ "type": "module", "dependencies": { "react": "19", "express": "5" } }',
  )
  const { code, output, errors } = await project.run('init')
  expect({ code, errors }).toEqual({
    code: 0,
    errors:
      'mizan wrote mizan.config.ts\nmizan wrote src/server/greeting.ts\nmizan wrote tsconfig.json\n',
  })
  expect(output).toBe(
    `Next:
  npm install @mizan/server @mizan/express @mizan/base @mizan/react
  npm install --save-dev @mizan/cli tsx typescript
  npx mizan generate
  mount it in your server as the README of @mizan/express says
  npx mizan dev -- npx tsx <your server>
`,
  )
  expect(await project.run('generate')).toMatchObject({
    code: 0,
    errors: expect.stringContaining('2 functions, wrote'),
  })
  expect(await project.read('mizan/react.gen.ts')).toContain('useChangeGreeting')
})

test('what is there is left as it is, and what does not fit is said', async () => {
  await using project = await cliProject(`{ functions: ['lib/*.ts'] }`)
  const before = await project.read('mizan.config.ts')
  await project.write(
    'tsconfig.json',
    '{ "compilerOptions": { "strict": false, "module": "commonjs" } }',
  )
  await project.write('src/server/greeting.ts', 'export {}')
  await project.write('package.json', '{}')
  await mkdir(join(project.root, '.git'))
  const { code, errors } = await project.run('init')
  expect(code).toBe(0)
  expect(await project.read('mizan.config.ts')).toBe(before)
  expect(await project.read('src/server/greeting.ts')).toBe('export {}')
  for (const line of [
    'mizan.config.ts is there already; left as it is',
    'src/server/greeting.ts is there already; left as it is',
    'tsconfig.json: set "strict": true',
    'tsconfig.json: set "experimentalDecorators": true',
    'tsconfig.json: set "module": "nodenext"',
    'package.json: set "type": "module"',
    '.gitignore: add .mizan/',
  ])
    expect(errors).toContain(line)
})

test('where no server is, a whole one is written', async () => {
  await using project = await cliProject('{}')
  await project.remove('mizan.config.ts')
  const { output } = await project.run('init')
  expect(output).toContain('npx mizan dev -- npx tsx src/main.ts\n')
  expect(await project.read('src/main.ts')).toContain('createServer(mizan(app)).listen(3000)')
})

test('without a project there is nothing to begin in', async () => {
  await using project = await cliProject('{}')
  await project.remove('package.json')
  await project.remove('mizan.config.ts')
  expect(await project.run('init')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('there is no package.json in'),
  })
  await expect(project.read('mizan.config.ts')).rejects.toThrow('ENOENT')
})
