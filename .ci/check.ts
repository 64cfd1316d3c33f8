/** Types, lint, format and the gates: one line for each claim, and every violation of it below. */

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { arrowsAreAsDrawn } from './gates/arrows-are-as-drawn.ts'
import { clientBundlesCarryNoServerCode } from './gates/client-bundles-carry-no-server-code.ts'
import { componentsCompile } from './gates/components-compile.ts'
import { coresHaveOnlyTheDependenciesOnTheirList } from './gates/cores-have-only-the-dependencies-on-their-list.ts'
import { edgeImportsNothingFromNode } from './gates/edge-imports-nothing-from-node.ts'
import { everyEntryCanBeRequired } from './gates/every-entry-can-be-required.ts'
import type { Gate } from './gates/gate.ts'
import { generatedFilesAreCurrent } from './gates/generated-files-are-current.ts'
import { linksLeadSomewhere } from './gates/links-lead-somewhere.ts'
import { lockFileKnowsEveryDependency } from './gates/lock-file-knows-every-dependency.ts'
import { noFileOutsideTheFixedTopLevel } from './gates/no-file-outside-the-fixed-top-level.ts'
import { oneVersionForAllPackages } from './gates/one-version-for-all-packages.ts'
import { packagesShipWhatTheyExport } from './gates/packages-ship-what-they-export.ts'
import { readmeCommandsWork } from './gates/readme-commands-work.ts'
import { readmeFencesCompile } from './gates/readme-fences-compile.ts'
import { run } from './run-command.ts'
import { typeErrors } from './type-check.ts'
import { readWorkspace, repository } from './workspace.ts'

const gates: readonly Gate[] = [
  { claim: 'packages compile', check: () => typeErrors(['-b']) },
  { claim: 'tests compile', check: () => typeErrors(['-p', '.ci/tsconfig.tests.json']) },
  { claim: 'examples compile', check: examplesCompile },
  componentsCompile,
  { claim: 'code is free of lint', check: () => outputOf('oxlint', '--format=unix') },
  { claim: 'code is formatted', check: () => outputOf('oxfmt', '--list-different', '.') },
  oneVersionForAllPackages,
  lockFileKnowsEveryDependency,
  noFileOutsideTheFixedTopLevel,
  arrowsAreAsDrawn,
  coresHaveOnlyTheDependenciesOnTheirList,
  edgeImportsNothingFromNode,
  generatedFilesAreCurrent,
  linksLeadSomewhere,
  readmeCommandsWork,
  readmeFencesCompile,
  clientBundlesCarryNoServerCode,
  everyEntryCanBeRequired, // looks at what `packages compile` built
  packagesShipWhatTheyExport, // likewise
]

const wanted = process.argv.slice(2)
let broken = 0
for (const { claim, check } of gates) {
  if (wanted.length > 0 && !wanted.some((word) => claim.includes(word))) continue
  const started = performance.now()
  const violations = await check(repository).catch((error: unknown) => [String(error)])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const holds = violations.length === 0
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'}  ${claim} (${seconds} s)\n`)
  for (const violation of violations) process.stdout.write(`        ${indent(violation)}\n`)
  if (!holds) broken++
}
process.stdout.write(broken === 0 ? 'every claim holds\n' : `${broken} claims do not hold\n`)
process.exitCode = broken === 0 ? 0 : 1

/** An example is an application with a project of its own. */
async function examplesCompile(): Promise<string[]> {
  const { packages } = await readWorkspace()
  const errors: string[] = []
  for (const { folder } of packages) {
    const project = relative(repository, folder)
    if (!project.startsWith('examples') || !existsSync(join(folder, 'tsconfig.json'))) continue
    // SvelteKit writes what such a project is made of when its components are checked.
    if (existsSync(join(folder, 'src/app.html'))) continue
    errors.push(...(await typeErrors(['-p', project, '--noEmit'])))
  }
  return errors
}

/** The lines a command prints when it finds something; nothing when it ends well. */
async function outputOf(command: string, ...args: readonly string[]): Promise<string[]> {
  const { code, output } = await run(command, args, { cwd: repository })
  return code === 0 ? [] : output.split('\n').filter((line) => line.trim() !== '')
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n        ')
}
