/** The data of one instance: the latest answer as JSON, and the values made of it, each with its identity kept. */

import type { MemberDescriptor } from './descriptors.ts'
import { toMember } from './requests.ts'
import { share } from './share.ts'
import type { KernelAnswer } from './transport.ts'

/** A context answer: function name → JSON. */
export type BundleJson = Readonly<Record<string, unknown>>

/** What an instance holds of its context. */
export interface Bundle<Data> {
  /** The latest answer. */
  readonly json: BundleJson
  /** The tag of the latest answer. */
  readonly etag?: string | null
  /** Digests of the data that it was read from; unknown without. */
  readonly tags?: readonly string[]
  /** What the members' values were made of: older JSON for those that no answer since was to change. */
  readonly shown: BundleJson
  /** The members' values. */
  readonly data?: Data
}

/** Before the first answer. */
export const emptyBundle: Bundle<never> = { json: {}, shown: {} }

/** `bundle` after an answer of which `members` are to be shown: all of them the first time. */
export function acceptAnswer<Data>(
  bundle: Bundle<Data>,
  { body, etag, tags }: Pick<KernelAnswer, 'body' | 'etag' | 'tags'>,
  members: readonly (readonly [key: keyof Data, member: MemberDescriptor])[],
): Bundle<Data> {
  // cast: the shared form of a bundle is a bundle. Without a body it is a 304.
  const json = body ? (share(bundle.json, body) as BundleJson) : bundle.json
  const shown: Record<string, unknown> = { ...bundle.shown }
  let { data } = bundle
  for (const [key, member] of members) {
    const value = json[member.wire]
    if (bundle.data && value === shown[member.wire]) continue
    shown[member.wire] = value
    // cast: all members are shown the first time, so the object is complete.
    data = { ...data, [key]: toMember(member, value) } as Data
  }
  return { json, etag, tags, shown, data }
}
