/** Developer tools, which a production bundle has nothing of: bundlers replace `process.env.NODE_ENV`. */

import { devtools as watchKernel } from './devtools.ts'
import { noDevtools, openNothing } from './off.ts'
import { openDevtools as openPanel } from './open-devtools.ts'

export { type Devtools, devtoolsOf, type DevtoolsOptions, type InstanceFacts } from './devtools.ts'
export {
  type CallEntry,
  explain,
  type InvalidationEntry,
  type PushEntry,
  type ReadCause,
  type ReadEntry,
  type TimelineEntry,
} from './timeline.ts'

// With a dot, as bundlers and Vite's server look for it; a browser has no `process`.

/** Watches a kernel, in development; in production it is a layer that hands on. Give it last. */
export const devtools: typeof watchKernel =
  process.env.NODE_ENV === 'production' ? noDevtools : watchKernel

/** Shows the panel, in development; in production nothing. */
export const openDevtools: typeof openPanel =
  process.env.NODE_ENV === 'production' ? openNothing : openPanel
