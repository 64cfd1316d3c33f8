/** Tables of what is wrong with a source, and what is said about it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sourceProject, type SourceProject } from './source-project.ts'

/**
 * What is wrong, in which source (`src/a.ts`, behind one line of imports from `@mizan/server`), and a part of what is said;
 * with a position, `line:column ` stands before it.
 */
export type ProblemCase = readonly [rule: string, source: string, message: string]

/** Runs the cases: each has a problem with a place, and writes nothing. */
export function describeProblems(what: string, cases: readonly ProblemCase[]): void {
  describe(what, () => {
    // One project for all: a compiler start takes longer than all cases together.
    let project: SourceProject
    beforeAll(async () => {
      project = await sourceProject({}, { tsconfig: { lib: ['esnext', 'dom'] } })
    })
    afterAll(() => project[Symbol.asyncDispose]())

    test.for(cases)('%s', async ([, source, message]) => {
      await project.write('src/a.ts', source)
      const problems = await project.problems(['src/a.ts'])
      expect(problems.join('\n')).toContain(message)
      expect(problems[0]).toMatch(/^src\/a\.ts:\d+:\d+ /)
      expect(await project.files()).toEqual([])
    })
  })
}
