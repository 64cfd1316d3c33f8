/** The artifact of a project as its source says it now, whatever the generated files hold. */

import type { Artifact } from '@mizan/protocol'
import { ProjectFailure } from './failure.ts'
import type { LoadedConfig } from './load-config.ts'
import { openGenerator, problemLines } from './open-generator.ts'

/** @throws ProjectFailure listing the problems of the source. */
export async function readArtifact(loaded: LoadedConfig): Promise<Artifact> {
  const { artifact, problems } = await (await openGenerator(loaded)).check()
  if (artifact === undefined)
    throw new ProjectFailure((await problemLines(problems)).join('\n'), { problems })
  return artifact
}
