/** From a project on disk to the texts of its generated files. Loads the compiler, so it is loaded when it is needed. */

import { join, relative, sep } from 'node:path'
import type { Artifact } from '@mizan/protocol'
import { toArtifact } from './artifact/artifact.ts'
import { Observations } from './cache/observations.ts'
import { emitFiles } from './emit/files.ts'
import type { GenerateOptions } from './generate.ts'
import type { Problem } from './problem.ts'
import { readApi } from './read/api.ts'
import { SourceProject } from './read/project.ts'
import { ReadMemory } from './read/read-memory.ts'

/** What a project compiles to. */
export interface Compiled {
  readonly problems: readonly Problem[]
  readonly artifact: Artifact | undefined
  /** Texts by path; `undefined` for files that earlier runs may have left. */
  readonly files: ReadonlyMap<string, string | undefined>
}

/** A project that stays open. */
export class Compiler {
  readonly #options: GenerateOptions
  #observations = new Observations()
  #project: SourceProject
  #memory = new ReadMemory()

  constructor(options: GenerateOptions) {
    this.#options = options
    this.#project = new SourceProject(options, this.#observations)
  }

  get project(): SourceProject {
    return this.#project
  }

  /** What the file system was asked for. */
  get observations(): Observations {
    return this.#observations
  }

  /** Takes in edits. */
  refresh(paths: readonly string[]): void {
    if (this.#project.isConfiguredBy(paths)) {
      this.#observations = new Observations()
      this.#memory = new ReadMemory()
      this.#project = new SourceProject(this.#options, this.#observations)
    } else if (paths.length > 0) this.#project.refresh(paths)
  }

  compile(): Compiled {
    const project = this.#project
    const { api, problems } = readApi(project, this.#memory)
    if (problems.length > 0) return { problems, artifact: undefined, files: new Map() }
    const { derived } = this.#memory
    const written = toArtifact(api, derived)
    const extension = project.importsTypeScript ? '.ts' : '.js'
    const out = join(project.root, this.#options.out ?? 'mizan')
    const specifierOf = (module: string): string =>
      importSpecifier(out, join(project.root, module), extension)
    const targets = this.#options.targets ?? []
    const files = emitFiles(api, { written, derived, targets, extension, specifierOf })
    const placed = [...files].map(([name, text]) => [join(out, name), text] as const)
    return { problems, artifact: written.artifact, files: new Map(placed) }
  }
}

function importSpecifier(folder: string, file: string, extension: '.ts' | '.js'): string {
  const path = relative(folder, file).split(sep).join('/')
  const named = extension === '.ts' ? path : path.replace(/\.([cm]?)tsx?$/, '.$1js')
  return named.startsWith('.') ? named : `./${named}`
}
