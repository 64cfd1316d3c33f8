/** Validation and conversion by the artifact's schemas, without evaluating code. */

export { type ArgumentsCodec, createArgumentsCodec } from './arguments-codec.ts'
export { type Codec, createCodec, type Decoded, maximumIssues } from './codec.ts'
