/** The compiler: reads marked functions, writes the artifact and the typed clients. */

export { type JsonSchemaDocument, toJsonSchema } from './documents/json-schema.ts'
export { type McpSchema, type McpTool, toMcpTools } from './documents/mcp-tools.ts'
export { type OpenApiDocument, type OpenApiOptions, toOpenApi } from './documents/openapi.ts'
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
