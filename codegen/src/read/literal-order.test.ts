import { expect, test } from 'vitest'
import { sourceProject } from '../../test/source-project.ts'

/** Where these literals are met first, they are the other way round. */
const first = `
  import { client } from '@mizan/server'
  export const early = client((word: 'c' | 'b' | 'a'): string => word)`

async function optionsOf(type: string, declarations = ''): Promise<string | undefined> {
  await using project = await sourceProject(
    {
      'a.ts': first,
      'b.ts': `import { client } from '@mizan/server'\n${declarations}\nexport const late = client((word: ${type}): null => null)`,
    },
    { targets: ['forms'] },
  )
  await project.generate()
  const text = await project.generated('forms.gen.ts')
  return /lateForm[^]*?options: \[(.*?)\]/.exec(text)?.[1]
}

const status = `export type Status = 'b' | 'a' | 'c'`

test.each<[string, string, string, string]>([
  ['as its alias lists them', 'Status', status, `'b', 'a', 'c'`],
  ['as the parts of an alias do', 'More', `${status}\ntype More = 0 | Status`, `0, 'b', 'a', 'c'`],
  ['as they stand where they are used', `'b' | 'c' | 'a'`, '', `'b', 'c', 'a'`],
  [
    'as a list of constants has them',
    'Word',
    `const words = ['b', 'c', 'a'] as const\ntype Word = (typeof words)[number]`,
    `'b', 'c', 'a'`,
  ],
  ['as an object has its keys', 'Key', `type Key = keyof { b: 1; c: 1; a: 1 }`, `'b', 'c', 'a'`],
  ['without what was excluded', 'Some', `${status}\ntype Some = Exclude<Status, 'a'>`, `'b', 'c'`],
  [
    'by their values where nothing lists them',
    'ReturnType<typeof pick>',
    `const pick = () => (Math.random() > 0.5 ? 'c' : Math.random() > 0.5 ? 'a' : 'b') as 'c' | 'a' | 'b'`,
    `'a', 'b', 'c'`,
  ],
])('the literals of a type are offered %s', async (_how, type, declarations, options) => {
  expect(await optionsOf(type, declarations)).toBe(options)
})
