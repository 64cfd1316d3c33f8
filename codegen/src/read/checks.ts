/** What only shows when all functions are seen together: contradictions, and names and params that must agree. */

import { canonicalJson } from '@mizan/protocol'
import { toSchema } from '../artifact/schema.ts'
import { generatedNames } from '../emit/names.ts'
import { printType } from '../emit/typescript.ts'
import type { ts } from 'ts-morph'
import { type ApiContext, type ApiFunction, type ApiParam, isPublicData } from '../ir/api.ts'
import type { Derivations } from '../ir/derivations.ts'
import type { ReadChannel } from './channels.ts'
import { contradictionsInside, knownContexts, unknownTargets } from './contradictions.ts'
import type { Mark } from './mark.ts'
import type { MarkOptions } from './options.ts'
import type { Reading } from './reading.ts'

/** A function and where its parts stand. */
export interface ReadFunction {
  readonly fn: ApiFunction
  readonly mark: Pick<Mark, 'node' | 'name'>
  readonly options: MarkOptions
}

/** Everything that was read, put together; functions and channels sorted by wire name. */
export interface ApiParts {
  readonly read: readonly ReadFunction[]
  readonly contexts: readonly ApiContext[]
  readonly rooms: readonly ReadChannel[]
}

/** Members of one context share their params, so a param has one type. */
export function checkParamTypes({ read }: ApiParts, reading: Reading, derived: Derivations): void {
  const known = new Map<string, ParamTexts & { readonly mark: ReadFunction['mark'] }>()
  for (const { fn, mark } of read) {
    if (fn.options.context === undefined || !isPublicData(fn)) continue
    for (const param of fn.params) {
      const slot = `${fn.options.context} ${param.wire}`
      const { text, schema } = derived.of(textsOfParam, param)
      const other = known.get(slot)
      if (other === undefined) known.set(slot, { text, schema, mark })
      else if (other.text !== text || other.schema !== schema) {
        const where = `${other.mark.name} at ${reading.place(other.mark.node)}`
        reading.report(
          mark.node,
          other.text === text
            ? `${mark.name}: the param ${param.key} of the context "${fn.options.context}" has other constraints than in ${where}; members of a context share their params, so give both the same`
            : `${mark.name}: the param ${param.key} of the context "${fn.options.context}" is ${text} here and ${other.text} in ${where}; members of a context share their params, so give both one type`,
        )
      }
    }
  }
}

interface ParamTexts {
  readonly text: string
  readonly schema: string
}

function textsOfParam({ type, keywords }: ApiParam): ParamTexts {
  return { text: printType(type), schema: canonicalJson(toSchema(type, keywords)) }
}

/** Contradictions that the server would refuse at boot, told at the option. */
export function checkOptions(
  { read, contexts }: ApiParts,
  reading: Reading,
  derived: Derivations,
): void {
  const known = knownContexts(
    read.map(({ fn }) => fn),
    contexts,
  )
  for (const { fn, mark, options } of read) {
    for (const [option, problem] of [
      ...derived.of(contradictionsInside, fn),
      ...unknownTargets(fn, known),
    ])
      reading.report(options.nodes.get(option) ?? mark.node, `${mark.name}: ${problem}`)
  }
}

/**
 * Hooks and calls are named after functions, contexts and channels; two must not get one name.
 *
 * @returns all these names
 */
export function claimNames(
  { read, contexts, rooms }: ApiParts,
  reading: Reading,
): ReadonlyMap<string, unknown> {
  const owners = new Map<string, Claim>()
  const firsts = new Map(read.map((item) => [item.fn.options.context, item] as const).reverse())
  for (const context of contexts) {
    const first = firsts.get(context.wire)
    const claim = { what: `the context "${context.wire}"`, node: first?.mark.node }
    take(generatedNames.ofContext(context), claim)
  }
  for (const { fn, mark } of read) {
    if (isPublicData(fn))
      take(generatedNames.ofFunction(fn), { what: `the function ${mark.name}`, node: mark.node })
  }
  for (const { channel, node } of rooms)
    take(generatedNames.ofChannel(channel), { what: `the channel "${channel.wire}"`, node })
  return owners

  function take(names: readonly string[], claim: Claim): void {
    for (const name of names) {
      const other = owners.get(name)
      if (other === undefined) owners.set(name, claim)
      else if (other.what !== claim.what) {
        if (claim.node !== undefined) reading.report(claim.node, clash(name, other, claim))
        return
      }
    }
  }

  function clash(name: string, other: Claim, { what }: Claim): string {
    const place = other.node === undefined ? '' : ` (${reading.place(other.node)})`
    return `the client's ${name} would stand for both ${other.what}${place} and ${what}; rename one, or give a function client({ name })`
  }
}

interface Claim {
  readonly what: string
  readonly node: ts.Node | undefined
}
