/** SvelteKit: pages load through a kernel, on the server and in the browser. */

export { forwardTo, type FetchInput, type ForwardToOptions } from './forward-to.ts'
export { type ContextLoadEvent, loadContext } from './load-context.ts'
export {
  type KernelLoadEvent,
  type LoadedKernel,
  loadKernel,
  type LoadKernelOptions,
  type MakeKernel,
} from './load-kernel.ts'
export { stateElement } from './state-element.ts'
