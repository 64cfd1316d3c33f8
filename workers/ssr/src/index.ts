/** The bridge: renders components in Bun processes, for a Mizan app or on its own. */

export { createRenderer } from './create-renderer.ts'
export {
  type MetaElement,
  type PreloadLink,
  type DocumentOptions,
  renderDocument,
  stateElementId,
  stateScript,
} from './document.ts'
export { streamDocument, type StreamedDocumentOptions } from './stream-document.ts'
export { type PageContext, renderPage, type RenderPageOptions, streamPage } from './render-page.ts'
export { ssrPlugin } from './plugin.ts'
export { RenderError } from './render-error.ts'
export {
  type Rendered,
  Renderer,
  type RendererOptions,
  type RenderOptions,
  type StreamedPiece,
} from './renderer.ts'
export { createFilePageStore, type FilePageStoreOptions } from './psr/file-page-store.ts'
export type { PageStore, StoredText, WriteCondition } from './psr/page-store.ts'
export {
  type PageNote,
  type PathsResult,
  type PsrOptions,
  type PsrPlugin,
  psrPlugin,
  type RenderReport,
} from './psr/psr-plugin.ts'
export {
  createRedisPageStore,
  type RedisPagesClient,
  type RedisPageStoreOptions,
} from './psr/redis-page-store.ts'
export {
  type ExpressLike,
  expressViews,
  type FastifyLike,
  type FastifyReplyLike,
  fastifyViews,
  type HonoContextLike,
  honoViews,
  type PageDefaults,
  renderView,
  type ViewProps,
} from './view-engine.ts'
