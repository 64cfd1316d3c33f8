import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { componentsFrom, loadFolder, registerComponent, registered } from './registry.ts'

test('a component is registered once by its name', () => {
  registerComponent('Once', 5)
  expect(registered()).toMatchObject({ Once: 5 })
  expect(() => registerComponent('Once', 6)).toThrow('there are two components "Once"')
})

test('modules are components by their files’ names', () => {
  const modules = {
    './pages/profile-page.tsx': { ProfilePage: 1 },
    './pages/About.svelte': { default: 2 },
    './pages/constructor.ts': { default: 3 },
  }
  expect(componentsFrom(modules)).toEqual({ ProfilePage: 1, About: 2, Constructor: 3 })
  expect(() => componentsFrom({ './a.ts': {} })).toThrow(
    './a.ts must export A, or have a default export',
  )
  expect(() => componentsFrom({ './a.ts': { A: 1 }, './b/a.ts': { A: 1 } })).toThrow(
    'two components "A"',
  )
})

test('a folder is loaded without its tests and whatever else lies there', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'home-page.mjs'), 'export const HomePage = 5')
  await writeFile(join(folder.path, 'home-page.test.mjs'), 'throw new Error("a test")')
  await writeFile(join(folder.path, 'style.css'), 'h1 {}')
  expect(await loadFolder(pathToFileURL(folder.path))).toEqual({ HomePage: 5 })
})
