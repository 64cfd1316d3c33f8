/** What every tier of Mizan agrees on. No dependency; runs in Node, Bun, browsers and Workers. */

export type {
  Artifact,
  ArtifactChannel,
  ArtifactContext,
  ArtifactError,
  ArtifactFunction,
  ArtifactParam,
  ArtifactTarget,
  ArtifactUpload,
  JsonSchema,
  WireKind,
} from './artifact.ts'
export { type CacheIdentity, cacheMessage } from './cache-message.ts'
export { canonicalJson, type Json } from './canonical-json.ts'
export {
  type ErrorBody,
  type ErrorCode,
  errorTable,
  isErrorCode,
  MizanError,
  type MizanErrorOptions,
  parseError,
  toErrorBody,
  type ValidationIssue,
} from './errors.ts'
export { intercept, type Layer } from './intercept.ts'
export { parseObject } from './parse-object.ts'
export {
  type ClientFrame,
  closeCodes,
  type FrameId,
  type JoinBody,
  type JoinedBody,
  type SequencedMessage,
  type ServerFrame,
  type SubscribeBody,
} from './live.ts'
export {
  type Manifest,
  type ManifestContext,
  type ManifestFunction,
  type ManifestMutation,
  type ManifestOptions,
  toManifest,
  toManifestRoute,
  userParams,
} from './manifest.ts'
export { manifestSchema } from './manifest-schema.ts'
export { fromWireName, isWireName, toWireName } from './names.ts'
export {
  type PushBody,
  pushPath,
  pushSignatureHeader,
  type PushVerdict,
  signPush,
  verifyPush,
} from './push.ts'
export {
  formatInvalidate,
  fromTargetBody,
  maximumHeaderBytes,
  parseInvalidate,
  reaches,
  type Target,
  type TargetBody,
  toTargetBody,
} from './target.ts'
export { type TokenErrorCode, tokenErrors } from './token-errors.ts'
export { fromValueText, type TextKind, textKindOf, toValueText } from './value-text.ts'
export {
  type CallAnswer,
  type CallBody,
  type ErrorAnswer,
  type Headers,
  headerNames,
  type MergeBody,
  type ProtocolBody,
  type ProtocolRequest,
  type ProtocolResponse,
  type ProtocolSocket,
  type RefreshedBody,
  type StreamChanges,
  type StreamLine,
} from './wire.ts'
