/** `mizan manifest`: what the edge needs to know, derived from the artifact. */

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { toManifest } from '@mizan/protocol'
import type { Command } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { loadConfig } from '../load-config.ts'
import { readArtifact } from '../read-artifact.ts'

export const manifest: Command = {
  name: 'manifest',
  summary: 'Print the edge manifest',
  usage: '[--out <file>]',
  positionals: [],
  options: { out: { type: 'string', placeholder: 'file', summary: 'Write it to a file instead' } },
  async run({ folder, terminal, text }) {
    const loaded = await loadConfig(folder)
    const { base } = loaded.config
    const content = toManifest(await readArtifact(loaded), base === undefined ? {} : { base })
    const json = JSON.stringify(content, null, 2)
    const out = text('out')
    if (out === undefined) terminal.print(json)
    else {
      const path = resolve(folder, out)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, `${json}\n`)
      terminal.say(`wrote ${out}`)
    }
    return exitCodes.ok
  },
}
