/** `mizan init`: what an existing project needs to begin, and nothing that it has. */

import type { Command } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { planInit } from '../init/plan.ts'
import { writeMissing } from '../init/write-missing.ts'

export const init: Command = {
  name: 'init',
  summary: 'Begin in an existing project: a configuration, a first function, what is left to do',
  usage: '',
  positionals: [],
  options: {},
  async run({ folder, terminal, answer }) {
    const plan = planInit(folder)
    const { written, kept } = await writeMissing(folder, plan.files)
    for (const file of written) terminal.say(`wrote ${file}`)
    for (const file of kept) terminal.say(`${file} is there already; left as it is`)
    for (const hint of plan.hints) terminal.say(hint)
    answer({
      result: { written, kept, hints: plan.hints, next: plan.next },
      text: ['Next:', ...plan.next.map((line) => `  ${line}`)].join('\n'),
    })
    return exitCodes.ok
  },
}
