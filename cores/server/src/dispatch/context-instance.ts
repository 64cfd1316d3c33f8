/** An instance of a context: its params, checked, and what follows from them alone. */

import { type ArtifactParam, MizanError } from '@mizan/protocol'
import { tagsOfInstance } from '../cache/index.ts'
import { encodeTags } from '../http/cache-headers.ts'
import { etagOf } from '../http/etag.ts'
import type { ContextEntry, Entry } from '../registry.ts'
import { allSoon, andThen, type Soon, soon } from '../soon.ts'
import { type Arguments, canonicalTexts, readArguments, type Texts } from './arguments.ts'
import type { Engine } from './engine.ts'

/** Params of a context as they were sent. */
export interface ContextParams {
  /** JSON values by wire name. */
  readonly values: Readonly<Record<string, unknown>>
  /** As they stood in the URL, to be compared with the canonical ones. */
  readonly texts: Texts
}

/** A member and what it is called with. */
export interface Member {
  readonly entry: Entry
  readonly args: Arguments
}

/** Characters of a body that is kept to be compared with the next. */
const longestBody = 1_024

/** One instance. */
export class ContextInstance {
  readonly members: readonly Member[]
  /** Canonical texts of the params by wire name. */
  readonly texts: Readonly<Record<string, string>>
  /** What targets invalidate. */
  readonly tags: readonly string[]
  #encodedTags: string | undefined
  #last: { readonly body: string; readonly etag: string } | undefined

  constructor({ members, texts, tags }: Pick<ContextInstance, 'members' | 'texts' | 'tags'>) {
    this.members = members
    this.texts = texts
    this.tags = tags
  }

  /** The tags as `X-Mizan-Cache` has them. */
  get encodedTags(): string {
    return (this.#encodedTags ??= encodeTags(this.tags))
  }

  /** The ETag of a body: what is read again has mostly not changed, and comparing costs less than a digest. */
  etagOf(body: string): string {
    if (this.#last?.body === body) return this.#last.etag
    const etag = etagOf(body)
    if (body.length <= longestBody) this.#last = { body, etag }
    return etag
  }
}

/** @throws MizanError `VALIDATION_FAILED`, and `BAD_REQUEST` for a text that is not the canonical one */
export function toContextInstance(
  engine: Engine,
  context: ContextEntry,
  sent: ContextParams,
): Soon<ContextInstance> {
  return andThen(readMembers(context.members, sent.values), (members) => {
    const texts = textsOf(engine, { params: context.params, sent: sent.texts }, members)
    const tags = tagsOfInstance(context.name, texts, context.paramNames)
    return new ContextInstance({ members, texts, tags })
  })
}

function readMembers(
  entries: readonly Entry[],
  values: ContextParams['values'],
): Soon<readonly Member[]> {
  return allSoon(
    entries.map((entry) =>
      soon(() => andThen(readArguments(entry, values), (args): Member => ({ entry, args }))),
    ),
  )
}

/** The context's canonical texts; `BAD_REQUEST` when the URL spelt one of them differently. */
function textsOf(
  engine: Engine,
  { params, sent }: { readonly params: readonly ArtifactParam[]; readonly sent: Texts },
  members: readonly Member[],
): Record<string, string> {
  const { artifact } = engine.registry
  const wire = Object.assign({}, ...members.map((member) => member.args.wire)) as Record<
    string,
    unknown
  > // cast: a union of records
  const texts = canonicalTexts(params, wire, artifact.$defs)
  for (const [name, text] of sent) {
    if (Object.hasOwn(texts, name) && texts[name] !== text) {
      throw new MizanError(
        'BAD_REQUEST',
        `${name} must be spelt "${texts[name]?.slice(0, 40)}", got "${text.slice(0, 40)}"`,
      )
    }
  }
  return texts
}
