/** What a rule of the protocol and its check look like. */

import type { Talk } from './talk.ts'

/** A running server with the fixture application on it. */
export interface ConformanceTarget {
  /** `http://127.0.0.1:3000`, without a slash at the end. */
  readonly url: string
  /** Where the endpoints stand. @default '/api/mizan' */
  readonly base?: string
  /** @default the global one */
  readonly fetch?: typeof fetch
  /** For the rules of sockets. @default the global one, which Node has since version 22 */
  readonly WebSocket?: typeof WebSocket
}

/** One rule. */
export interface ConformanceCase {
  /** Of PROTOCOL, for example `2 Contexts`. */
  readonly section: string
  /** What a server does. */
  readonly rule: string
  /**
   * Passes silently. Cases may run in any order, also at the same time.
   *
   * @throws ConformanceError saying what was sent, what was expected and what came
   */
  run(target: ConformanceTarget): Promise<void>
}

/** A case as the files here write it. */
export interface Rule {
  readonly rule: string
  check(talk: Talk): Promise<void>
}

/** Gives the rules of one section their form. */
export type Section = readonly [section: string, rules: readonly Rule[]]
