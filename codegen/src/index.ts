/** The compiler: reads marked functions, writes the artifact and the typed clients. */

export type { ClientTarget } from './emit/files.ts'
export {
  checkGenerated,
  createGenerator,
  generate,
  type GenerateOptions,
  type GenerateResult,
  type Generator,
} from './generate.ts'
export { formatProblem, type Problem } from './problem.ts'
