/** Reads the instance of a context that a client subscribes to, with the same checks as a GET. */

import { type FrameId, MizanError } from '@mizan/protocol'
import { textOf } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { guard } from '../dispatch/guard.ts'
import { type ContextParams, toContextInstance } from '../dispatch/context-instance.ts'
import { runContext } from '../dispatch/run-context.ts'
import { rememberReads } from '../dispatch/seen-reads.ts'
import type { ContextEntry } from '../registry.ts'
import type { Exchange, Leaving } from '../scope.ts'
import type { Fields } from './frame.ts'

/** What is asked for. */
export interface Instance {
  readonly context: ContextEntry
  /** As targets are compared with them. */
  readonly params: Readonly<Record<string, string>>
  readonly given: ContextParams
}

/** What the client is to hold now. */
export interface InstanceRead {
  /** Data tags that it was read from. */
  readonly dataTags: readonly string[]
  /** With the data, unless the client holds them. */
  frameFor(id: FrameId, etag: string | undefined): string
}

/** Whoever may read the context. @throws MizanError `UNAUTHORIZED`, `FORBIDDEN` */
export async function guardContext(context: ContextEntry, exchange: Exchange): Promise<void> {
  const { principal, request } = exchange
  await Promise.all(context.members.map(async (entry) => guard(entry, principal, request)))
}

/** @throws MizanError `NOT_FOUND`, `VALIDATION_FAILED` */
export function toInstance(
  engine: Engine,
  asked: { readonly name: string; readonly params: Fields },
): Instance {
  const context = engine.registry.contexts.get(asked.name)
  if (context === undefined) throw new MizanError('NOT_FOUND', 'No such context')
  const { contexts, $defs } = engine.registry.artifact
  const given = (contexts[context.name]?.params ?? []).filter(({ name }) =>
    Object.hasOwn(asked.params, name),
  )
  const texts = given.map(
    (param) => [param.name, textOf(param, asked.params[param.name], $defs)] as const,
  )
  return {
    context,
    params: Object.fromEntries(texts),
    given: {
      values: Object.fromEntries(given.map(({ name }) => [name, asked.params[name]])),
      texts: new Map(texts),
    },
  }
}

/** @throws MizanError of a guard, of the params, or of a failing member */
export async function readInstance(
  engine: Engine,
  { context, given }: Instance,
  run: { readonly exchange: Exchange; readonly client: Leaving },
): Promise<InstanceRead> {
  const bundle = await runContext(engine, {
    context,
    readInstance: () => toContextInstance(engine, context, given),
    ...run,
  })
  rememberReads(engine, context.name, bundle.dataTags)
  const etag = bundle.instance.etagOf(bundle.body)
  const tags = JSON.stringify(engine.tagDigests?.ofReads(bundle.dataTags) ?? [])
  return {
    dataTags: bundle.dataTags,
    frameFor(id, held) {
      const head = `{"id":${JSON.stringify(id)},"etag":${JSON.stringify(etag)},"tags":${tags}`
      return held?.replace(/^W\//, '') === etag
        ? `${head},"result":null}`
        : `${head},"data":${bundle.body}}`
    },
  }
}
