/** The bridge: renders components in Bun processes, for a Mizan app or on its own. */

export { createRenderer } from './create-renderer.ts'
export { type DocumentOptions, renderDocument, stateElementId, stateScript } from './document.ts'
export { ssrPlugin } from './plugin.ts'
export { RenderError } from './render-error.ts'
export { type Rendered, Renderer, type RendererOptions, type RenderOptions } from './renderer.ts'
