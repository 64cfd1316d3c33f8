/** What an app is made of: the artifact and, for each wire name, the export that it stands for. */

import type { Artifact } from '@mizan/protocol'
import type { Channel } from './channels/define-channel.ts'
import type { Fn } from './client-options.ts'

/** A class whose members are marked; made once per app with `new`. */
export type Service = new () => object

/** A function, or a class and the name of its member. */
export type Source = readonly [fn: Fn] | readonly [owner: Service | StaticService, member: string]

/** A class that is never made because only statics are marked. */
export type StaticService = abstract new (...args: never[]) => object

/** Written by `mizan generate` into `server.gen.ts`. */
export interface Functions {
  readonly artifact: Artifact
  readonly sources: ReadonlyMap<string, Source>
  /** Absent without channels. */
  readonly channels?: ReadonlyMap<string, Channel>
}

/**
 * Pairs the artifact with the exports it was read from; called by generated code.
 *
 * @throws TypeError when the artifact is of another version.
 */
export function defineFunctions(
  artifact: Artifact,
  sources: Readonly<Record<string, Source>>,
  channels?: Readonly<Record<string, Channel>>,
): Functions {
  if (artifact.version !== 1) {
    throw new TypeError(
      `server.gen.ts holds artifact version ${String(artifact.version)}, this server reads version 1: run mizan generate`,
    )
  }
  return Object.freeze({
    artifact,
    sources: new Map(Object.entries(sources)),
    ...(channels === undefined ? {} : { channels: new Map(Object.entries(channels)) }),
  })
}
