/** Says after each suite (a package's tests) how many tests it has and how long it took against its budget. */

import { writeFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import {
  MinimalReporter,
  type TestCase,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from 'vitest/node'
import { budgetOf } from './budgets.ts'

/** What a run came to; written as JSON to the file that `MIZAN_SUITE_RESULT` names. */
export interface SuiteResult {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Suites that took longer than their budget. */
  readonly late: readonly string[]
  /** Tests that passed only when they were run again. */
  readonly flaky: readonly string[]
}

interface Progress {
  filesLeft: number
  passed: number
  failed: number
  skipped: number
  milliseconds: number
}

/** Vitest's reporter of failures, with our words about everything else. */
export class SuiteReporter extends MinimalReporter {
  readonly #suites = new Map<string, Progress>()
  readonly #late: string[] = []
  readonly #flaky: string[] = []

  /** Without the banner. */
  override onInit(vitest: Vitest): void {
    this.ctx = vitest
    this.silent = 'passed-only'
  }

  /** Vitest's own counts are not wanted: there are more legs than one. */
  override reportTestSummary(): void {}

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    super.onTestRunStart(specifications)
    for (const { moduleId } of specifications) this.#suite(moduleId).filesLeft++
  }

  override onTestModuleEnd(module: TestModule): void {
    super.onTestModuleEnd(module)
    const suite = this.#suite(module.moduleId)
    for (const test of module.children.allTests()) {
      const result = test.result()
      suite[result.state as 'passed']++
      if (test.diagnostic()?.flaky === true) this.#noteFlaky(test, result.errors ?? [])
    }
    if (module.errors().length > 0) suite.failed++ // the file did not load, or a hook of it broke
    const { collectDuration, setupDuration, prepareDuration, duration } = module.diagnostic()
    suite.milliseconds += collectDuration + setupDuration + prepareDuration + duration
    suite.filesLeft--
    if (suite.filesLeft === 0) this.#say(this.#name(module.moduleId), suite)
  }

  override onTestRunEnd(
    ...[modules, errors, reason]: Parameters<MinimalReporter['onTestRunEnd']>
  ): void {
    super.onTestRunEnd(modules, errors, reason)
    const path = process.env.MIZAN_SUITE_RESULT
    if (path === undefined) return
    const total = {
      passed: 0,
      failed: errors.length,
      skipped: 0,
      late: this.#late,
      flaky: this.#flaky,
    }
    for (const suite of this.#suites.values()) {
      total.passed += suite.passed
      total.failed += suite.failed
      total.skipped += suite.skipped
    }
    writeFileSync(path, JSON.stringify(total satisfies SuiteResult))
  }

  /** A race that the second attempt did not lose: what the first one ended with must not be lost with it. */
  #noteFlaky(
    test: TestCase,
    errors: readonly { readonly message: string; readonly stack?: string }[],
  ): void {
    const name = `${relative(this.ctx.config.root, test.module.moduleId)} > ${test.fullName}`
    this.#flaky.push(name)
    const reasons = errors.map((error) => error.stack ?? error.message)
    process.stdout.write(`\n  FLAKY ${name}\n${reasons.join('\n')}\n\n`)
  }

  #say(name: string, suite: Progress): void {
    const taken = suite.milliseconds / 1000
    const budget = budgetOf(name)
    // By night each property has many more runs: budgets are for the day.
    const isNight = process.env.MIZAN_NIGHTLY === '1'
    const isLate = !isNight && taken > budget
    if (isLate) this.#late.push(name)
    const words = [
      `${suite.passed} passed`,
      ...(suite.failed > 0 ? [`${suite.failed} FAILED`] : []),
      ...(suite.skipped > 0 ? [`${suite.skipped} skipped`] : []),
      `${taken.toFixed(1)} s${isNight ? '' : ` of ${budget} s`}`,
      ...(isLate ? ['OVER BUDGET'] : []),
    ]
    process.stdout.write(`  ${name.padEnd(20)} ${words.join(', ')}\n`)
  }

  #suite(moduleId: string): Progress {
    const name = this.#name(moduleId)
    let suite = this.#suites.get(name)
    if (suite === undefined) {
      suite = { filesLeft: 0, passed: 0, failed: 0, skipped: 0, milliseconds: 0 }
      this.#suites.set(name, suite)
    }
    return suite
  }

  #name(moduleId: string): string {
    return suiteOf(this.ctx.config.root, moduleId)
  }
}

/** `cores/server/src/x.test.ts` → `cores/server`; a room with one package is the suite itself. */
export function suiteOf(root: string, file: string): string {
  const [room = '', name = ''] = relative(root, file).split(sep)
  return room === 'codegen' || room.startsWith('.') ? room : `${room}/${name}`
}
