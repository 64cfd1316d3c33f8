/** A process that stays: generates once, then after each edit of one file; says the milliseconds of each. */

import { createGenerator, formatProblem } from '@mizan/codegen'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mizanModule } from './shape.ts'

const [root = '', edits = '8'] = process.argv.slice(2)
const generator = createGenerator({ root, functions: ['src/items-*.ts'] })
const file = join(root, 'src/items-3.ts')
const times: number[] = []
for (let edit = 0; edit <= Number(edits); edit++) {
  // A property of a type that several functions return: the result changes with every edit.
  if (edit > 0) await writeFile(file, mizanModule(3).replaceAll('parent?:', `parent${edit}?:`))
  const start = performance.now()
  const { problems, changed } = await generator.generate(edit === 0 ? [] : [file])
  times.push(performance.now() - start)
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'))
  if (edit > 0 && changed.length === 0) throw new Error('the edit changed nothing')
}
process.stdout.write(JSON.stringify(times.slice(1)))
