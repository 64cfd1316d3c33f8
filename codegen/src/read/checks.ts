/** What only shows when all functions are seen together: contradictions, and names and params that must agree. */

import { canonicalJson } from '@mizan/protocol'
import { toSchema } from '../artifact/schema.ts'
import { generatedNames } from '../emit/names.ts'
import { printType } from '../emit/typescript.ts'
import { type ApiContext, type ApiFunction, isPublicData } from '../ir/api.ts'
import { contradictionsOf, knownContexts } from './contradictions.ts'
import type { Mark } from './mark.ts'
import type { MarkOptions } from './options.ts'
import type { Reading } from './reading.ts'

/** A function and where its parts stand. */
export interface ReadFunction {
  readonly fn: ApiFunction
  readonly mark: Pick<Mark, 'node' | 'name'>
  readonly options: MarkOptions
}

/** Members of one context share their params, so a param has one type. */
export function checkParamTypes(read: readonly ReadFunction[], reading: Reading): void {
  interface Known {
    readonly text: string
    readonly schema: string
    readonly mark: ReadFunction['mark']
  }
  const known = new Map<string, Known>()
  for (const { fn, mark } of read) {
    if (fn.options.context === undefined || !isPublicData(fn)) continue
    for (const param of fn.params) {
      const slot = `${fn.options.context} ${param.wire}`
      const text = printType(param.type)
      const schema = canonicalJson(toSchema(param.type, param.keywords))
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

/** Contradictions that the server would refuse at boot, told at the option. */
export function checkOptions(
  read: readonly ReadFunction[],
  contexts: readonly ApiContext[],
  reading: Reading,
): void {
  const known = knownContexts(
    read.map(({ fn }) => fn),
    contexts,
  )
  for (const { fn, mark, options } of read) {
    for (const [option, problem] of contradictionsOf(fn, known))
      reading.report(options.nodes.get(option) ?? mark.node, `${mark.name}: ${problem}`)
  }
}

/** Hooks and calls are named after functions and contexts; two must not get one name. */
export function checkGeneratedNames(
  read: readonly ReadFunction[],
  contexts: readonly ApiContext[],
  reading: Reading,
): void {
  const owners = new Map<string, { readonly what: string; readonly mark: ReadFunction['mark'] }>()
  const claim = (names: readonly string[], what: string, mark: ReadFunction['mark']): void => {
    for (const name of names) {
      const other = owners.get(name)
      if (other === undefined) owners.set(name, { what, mark })
      else if (other.what !== what) {
        reading.report(
          mark.node,
          `the client's ${name} would stand for both ${other.what} (${reading.place(other.mark.node)}) and ${what}; rename one, or give one client({ name })`,
        )
        return
      }
    }
  }
  const firsts = new Map(read.map((item) => [item.fn.options.context, item] as const).reverse())
  for (const context of contexts) {
    const first = firsts.get(context.wire)
    if (first !== undefined)
      claim(generatedNames.ofContext(context), `the context "${context.wire}"`, first.mark)
  }
  for (const { fn, mark } of read) {
    if (isPublicData(fn)) claim(generatedNames.ofFunction(fn), `the function ${mark.name}`, mark)
  }
}
