/** The data of one instance: the latest answer as JSON, and the values made of it, each with its identity kept. */

import type { ContextDescriptor } from './descriptors.ts'
import { membersOf, toMember } from './requests.ts'
import { share } from './share.ts'

/** A context answer: function name → JSON. */
export type BundleJson = Readonly<Record<string, unknown>>

/** What an instance holds of its context. */
export class Bundle<Params, Data> {
  readonly #context: ContextDescriptor<Params, Data>
  /** The JSON that each member's value was made of; older than {@link json} where a function target named another member. */
  #shown: BundleJson = {}
  /** The latest answer. */
  json: BundleJson = {}
  /** The tag of {@link json}. */
  etag: string | undefined
  data: Data | undefined

  constructor(context: ContextDescriptor<Params, Data>) {
    this.#context = context
  }

  /**
   * Takes an answer in and shows it in `members`; all or nothing, should a decode throw.
   *
   * @param body `undefined` after a 304: what is at hand is the latest.
   */
  accept(
    body: BundleJson | undefined,
    etag: string | undefined,
    members: ReadonlySet<string>,
  ): void {
    // cast: the shared form of a bundle is a bundle.
    const json = body ? (share(this.json, body) as BundleJson) : this.json
    const shown: Record<string, unknown> = { ...this.#shown }
    let data = this.data
    for (const [key, member] of membersOf(this.#context)) {
      const { wire } = member
      if (!members.has(key) || (this.data && shown[wire] === json[wire])) continue
      shown[wire] = json[wire]
      // cast: every member is shown the first time, so the object is complete.
      data = { ...data, [key]: toMember(member, json[wire]) } as Data
    }
    this.#shown = shown
    this.data = data
    this.json = json
    if (body) this.etag = etag
  }
}
