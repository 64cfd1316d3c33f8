/** `mizan conformance <url>`: whether a server, in any language, speaks the protocol. */

import type { Command } from '../command.ts'
import { importPackage } from '../database/import-package.ts'
import { ProjectFailure, UsageFailure } from '../failure.ts'

/** A rule of `@mizan/testing/conformance`, which only who runs this command installs. */
interface Rule {
  readonly section: string
  readonly rule: string
  run(target: { readonly url: string; readonly base: string }): Promise<void>
}

/** How a rule ended. */
interface Verdict {
  readonly section: string
  readonly rule: string
  readonly holds: boolean
  /** What was sent, expected and received. */
  readonly message?: string
}

/** Rules that run at the same time; a server that is slow alone is no slower for it. */
const atOnce = 4

export const conformance: Command = {
  name: 'conformance',
  summary: 'Check a server that hosts the fixture functions, rule by rule',
  usage: '<url> [--section <text>] [--no-live]',
  positionals: ['url'],
  options: {
    section: {
      type: 'string',
      placeholder: 'text',
      summary: 'Only sections with this text in their name, such as "5 Inv"',
    },
    'no-live': { type: 'boolean', summary: 'Leave out sockets and channels' },
  },
  async run({ folder, positionals, flag, text, answer }) {
    const target = targetOf(positionals[0] ?? '')
    const rules = await loadRules(folder, !flag('no-live'))
    const wanted = text('section')?.toLowerCase()
    const chosen = rules.filter(
      ({ section }) => wanted === undefined || section.toLowerCase().includes(wanted),
    )
    if (chosen.length === 0) {
      const sections = [...new Set(rules.map(({ section }) => section))].join(', ')
      throw new UsageFailure(
        `no section has "${wanted?.slice(0, 40)}" in its name; there are ${sections}`,
      )
    }
    await assertThere(target)
    const verdicts = await runAll(chosen, target)
    const failed = verdicts.filter(({ holds }) => !holds).length
    return answer({
      result: {
        url: target.url + target.base,
        holds: verdicts.length - failed,
        fails: failed,
        rules: verdicts,
      },
      text: report(verdicts, failed),
      failure:
        failed === 0
          ? undefined
          : `${failed} ${failed === 1 ? 'rule does' : 'rules do'} not hold at ${target.url}${target.base}`,
    })
  },
}

interface Target {
  readonly url: string
  readonly base: string
}

function targetOf(given: string): Target {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageFailure(
      `"${given.slice(0, 60)}" is no URL of a server; give it with its base: http://localhost:3000/api/mizan`,
    )
  }
  const base = url.pathname.replace(/\/+$/, '')
  return { url: url.origin, base: base === '' ? '/api/mizan' : base }
}

async function loadRules(folder: string, withLive: boolean): Promise<readonly Rule[]> {
  const suite = await importPackage('@mizan/testing/conformance', folder)
  // cast: what the package exports
  const { conformance: rules, liveConformance } = suite as unknown as {
    readonly conformance: readonly Rule[]
    readonly liveConformance: readonly Rule[]
  }
  return withLive ? [...rules, ...liveConformance] : rules
}

/** @throws ProjectFailure once, instead of every rule */
async function assertThere({ url, base }: Target): Promise<void> {
  try {
    await fetch(`${url}${base}/session/`, { signal: AbortSignal.timeout(10_000) })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message || cause.name : String(cause)
    throw new ProjectFailure(`nothing answers at ${url}${base}: ${why}`)
  }
}

async function runAll(rules: readonly Rule[], target: Target): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  const queue = rules.entries()
  const work = async (): Promise<void> => {
    for (const [index, rule] of queue) verdicts[index] = await judge(rule, target)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return verdicts
}

async function judge({ section, rule, run }: Rule, target: Target): Promise<Verdict> {
  try {
    await run(target)
    return { section, rule, holds: true }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { section, rule, holds: false, message }
  }
}

function report(verdicts: readonly Verdict[], failed: number): string {
  const parts = [...bySection(verdicts)].map(([section, all]) =>
    [
      section,
      ...all.map(({ rule, holds, message = '' }) =>
        holds ? `  holds  ${rule}` : `  FAILS  ${rule}\n${indent(message)}`,
      ),
    ].join('\n'),
  )
  const sum =
    failed === 0
      ? `all ${verdicts.length} rules hold`
      : `${verdicts.length - failed} of ${verdicts.length} rules hold, ${failed} do not`
  return [...parts, sum].join('\n\n')
}

function bySection(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const sections = new Map<string, Verdict[]>()
  for (const verdict of verdicts)
    sections.set(verdict.section, [...(sections.get(verdict.section) ?? []), verdict])
  return sections
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `         ${line}`)
    .join('\n')
}
