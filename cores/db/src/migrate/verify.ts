/** For CI: whether the files of all migrations are what was proved and reviewed. */

import { readMigrations } from './migration-files.ts'

/** One thing that is wrong with a migration. */
export interface VerifyProblem {
  readonly id: string
  readonly problem: 'hash' | 'proof' | 'review'
  readonly text: string
}

/** Looks at files only. */
export async function verifyMigrations(folder: string): Promise<readonly VerifyProblem[]> {
  return (await readMigrations(folder)).flatMap(({ id, hash, meta }): VerifyProblem[] => {
    if (meta.hash !== hash)
      return [{ id, problem: 'hash', text: `${id} was edited; prove it: mizan db prove ${id}` }]
    const problems: VerifyProblem[] = []
    if (meta.proof?.hash !== hash)
      problems.push({ id, problem: 'proof', text: `${id} has no proof: mizan db prove ${id}` })
    if (meta.review?.hash !== hash) {
      problems.push({
        id,
        problem: 'review',
        text: `${id} was not reviewed: mizan db migrate review ${id}`,
      })
    }
    return problems
  })
}
