/** What every page of the studio looks at. */

import type { DialectPackage } from '@mizan/db'
import type { StudioEngine } from './engine.ts'
import type { PageContent } from './layout.ts'

/** One project's database. */
export interface StudioPlace {
  readonly dialect: DialectPackage
  readonly engine: StudioEngine
  /** The folder of the migrations. */
  readonly migrations: string
  /** Of the project, where `mizan dev` leaves what its program does. @default nothing is looked for */
  readonly root?: string
}

/** One page: what it is given of the URL, or of a form. */
export type StudioPage = (place: StudioPlace, given: URLSearchParams) => Promise<PageContent>
