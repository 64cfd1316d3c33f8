/** The order of test files: the longest begin early, so that no core waits for one of them at the end. */

import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { budgetOf } from './budgets.ts'
import { suiteOf } from './suite-reporter.ts'

/** By the budget of the suite; files with a browser stand apart, so that seldom two of them run at once. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byBudget = (await super.sort(files))
      .map((file) => ({ file, budget: budgetOf(suiteOf(this.ctx.config.root, file.moduleId)) }))
      .sort((one, other) => other.budget - one.budget)
      .map(({ file }) => file)
    const withBrowser = byBudget.filter(needsBrowser)
    const others = byBudget.filter((file) => !needsBrowser(file))
    // The last ones are short: they fill up what the long ones leave.
    const apart = Math.floor((others.length * 0.7) / Math.max(1, withBrowser.length))
    return [
      ...withBrowser.flatMap((file, index) => [
        file,
        ...others.slice(index * apart, (index + 1) * apart),
      ]),
      ...others.slice(withBrowser.length * apart),
    ]
  }
}

function needsBrowser({ moduleId }: TestSpecification): boolean {
  return moduleId.includes('.browser.')
}
