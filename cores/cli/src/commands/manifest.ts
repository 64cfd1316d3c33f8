/** `mizan manifest`: what the edge needs to know, derived from the artifact. */

import { toManifest } from '@mizan/protocol'
import type { Command } from '../command.ts'
import { giveDocument, outOption } from '../give-document.ts'
import { loadConfig } from '../load-config.ts'
import { readArtifact } from '../read-artifact.ts'

export const manifest: Command = {
  name: 'manifest',
  summary: 'Print the edge manifest',
  usage: '[--out <file>]',
  positionals: [],
  options: { out: outOption },
  async run(invocation) {
    const loaded = await loadConfig(invocation.folder)
    const { base } = loaded.config
    const artifact = await readArtifact(loaded)
    return giveDocument(toManifest(artifact, base === undefined ? {} : { base }), invocation)
  },
}
