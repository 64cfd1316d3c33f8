/** Validation and conversion by the artifact's schemas, without evaluating code. */

export {
  type ArgumentsCodec,
  type ArgumentsOptions,
  createArgumentsCodec,
} from './arguments-codec.ts'
export {
  type Codec,
  type CodecOptions,
  createCodec,
  type Decoded,
  maximumIssues,
  type UnknownProperties,
} from './codec.ts'
export { isSecretName } from './secret-names.ts'
