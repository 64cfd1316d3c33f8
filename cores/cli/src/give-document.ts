/** Gives a document that is derived from the artifact: to the output, or to a file. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { CommandOption, Invocation } from './command.ts'

/** The option of every command that gives a document. */
export const outOption: CommandOption = {
  type: 'string',
  placeholder: 'file',
  summary: 'Write it to a file instead',
}

/** @returns the exit code */
export async function giveDocument(content: unknown, invocation: Invocation): Promise<number> {
  const { folder, terminal, text, answer } = invocation
  const json = JSON.stringify(content, null, 2)
  const out = text('out')
  if (out === undefined) return answer({ result: content, text: json })
  const isChanged = await writeWhole(resolve(folder, out), `${json}\n`)
  if (isChanged) terminal.say(`wrote ${out}`)
  else terminal.say(`${out} is current`)
  return answer({ result: { out, changed: isChanged } })
}

/** Writes a file that says something else, at once and whole. */
async function writeWhole(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false
  const temporary = `${path}.${process.pid}.tmp`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(temporary, text)
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  return true
}
