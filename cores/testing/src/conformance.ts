/** What a server must do to speak the protocol, checked from outside over HTTP. Works with any test runner. */

import { caching } from './conformance/caching.ts'
import { calls } from './conformance/calls.ts'
import type { ConformanceCase, Section } from './conformance/conformance-case.ts'
import { contexts } from './conformance/contexts.ts'
import { errors } from './conformance/errors.ts'
import { forms } from './conformance/forms.ts'
import { hostile } from './conformance/hostile.ts'
import { identity } from './conformance/identity.ts'
import { invalidation } from './conformance/invalidation.ts'
import { live } from './conformance/live.ts'
import { names } from './conformance/names.ts'
import { repeats } from './conformance/repeats.ts'
import { singleFlight } from './conformance/single-flight.ts'
import { streams } from './conformance/streams.ts'
import { Talk } from './conformance/talk.ts'
import { tokens } from './conformance/tokens.ts'
import { uploads } from './conformance/uploads.ts'
import { values } from './conformance/values.ts'

export { ConformanceError } from './conformance/answer.ts'
export type { ConformanceCase, ConformanceTarget } from './conformance/conformance-case.ts'

const sections: readonly Section[] = [
  names,
  contexts,
  calls,
  forms,
  repeats,
  streams,
  hostile,
  caching,
  values,
  uploads,
  errors,
  invalidation,
  singleFlight,
  identity,
  tokens,
]

/**
 * Every rule, in the order of PROTOCOL. The server runs the fixture application of this package. Cases keep to items of
 * their own, so that they may run in any order and at the same time.
 */
export const conformance: readonly ConformanceCase[] = sections.flatMap(toCases)

/** The rules of sockets, for servers that take them; a client needs a `WebSocket`. */
export const liveConformance: readonly ConformanceCase[] = toCases(live)

function toCases([section, rules]: Section): ConformanceCase[] {
  return rules.map(({ rule, check }) => ({
    section,
    rule,
    run: (target) => check(new Talk(target)),
  }))
}
