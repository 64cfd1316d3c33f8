/** For CI: whether the files of all migrations are what was proved and reviewed. */

import { foreignFolders, readMigrations } from './migration-files.ts'

/** One thing that is wrong with a migration. */
export interface VerifyProblem {
  readonly id: string
  readonly problem: 'hash' | 'proof' | 'review' | 'foreign'
  readonly text: string
}

/** Looks at files only. */
export async function verifyMigrations(folder: string): Promise<readonly VerifyProblem[]> {
  const foreign = (await foreignFolders(folder)).map((id): VerifyProblem => {
    const text = `${id} is no migration, and no run looks into it; its name is not <14 digits>_<words>`
    return { id, problem: 'foreign', text }
  })
  const own = (await readMigrations(folder)).flatMap(({ id, hash, meta }): VerifyProblem[] => {
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
  return [...foreign, ...own]
}
