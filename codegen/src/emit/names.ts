/** The names that generated clients export. */

import type { ApiContext, ApiFunction } from '../ir/api.ts'
import { isPublicData } from '../ir/api.ts'

/** The names made from one context. */
export interface ContextNames {
  /** The descriptor: `taskContext`. */
  readonly descriptor: string
  readonly params: string
  readonly data: string
  readonly fetch: string
  readonly hook: string
  /** The component: `TaskContext`. */
  readonly provider: string
  /** Where there are no components: `provideTaskContext`. */
  readonly provide: string
}

export function namesOfContext(context: ApiContext): ContextNames {
  const upper = upperFirst(context.key)
  return {
    descriptor: `${context.key}Context`,
    params: `${upper}ContextParams`,
    data: `${upper}ContextData`,
    fetch: `fetch${upper}Context`,
    hook: `use${upper}Context`,
    provider: `${upper}Context`,
    provide: `provide${upper}Context`,
  }
}

/** The names made from one function. */
export interface FunctionNames {
  /** The descriptor: `updateTask`. */
  readonly descriptor: string
  readonly args: string
  readonly result: string
  readonly call: string
  readonly hook: string
}

export function namesOfFunction(fn: ApiFunction): FunctionNames {
  const upper = upperFirst(fn.key)
  return {
    descriptor: reservedWords.has(fn.key) ? `${fn.key}Function` : fn.key,
    args: `${upper}Args`,
    result: `${upper}Result`,
    call: `call${upper}`,
    hook: `use${upper}`,
  }
}

/** Every name that a function or a context adds to the generated files. */
export const generatedNames = {
  ofContext: (context: ApiContext): string[] => Object.values(namesOfContext(context)),
  ofFunction: (fn: ApiFunction): string[] => {
    const names = namesOfFunction(fn)
    return fn.options.context === undefined ? Object.values(names) : [names.hook]
  },
} as const

/** Names that the application's types must not have in generated files. */
export function reservedTypeNames(api: {
  readonly functions: readonly ApiFunction[]
  readonly contexts: readonly ApiContext[]
}): ReadonlySet<string> {
  return new Set([
    ...typesOfGeneratedCode,
    ...api.contexts.flatMap(generatedNames.ofContext),
    ...api.functions.filter(isPublicData).flatMap(generatedNames.ofFunction),
  ])
}

/** Types that generated code mentions by these names. */
const typesOfGeneratedCode: readonly string[] = [
  'CallDescriptor',
  'CallOptions',
  'ContextDescriptor',
  'ContextProvider',
  'ContextResult',
  'Date',
  'Map',
  'MaybeRefOrGetter',
  'MutationResult',
  'Partial',
  'Promise',
  'Record',
  'Set',
  'Uint8Array',
]

const reservedWords: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private ' +
    'protected public return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
)

/** What an import is called in a file that itself exports `exported`. */
export function localName(imported: string, exported: ReadonlySet<string>): string {
  if (!exported.has(imported)) return imported
  return imported === upperFirst(imported) ? `Mizan${imported}` : `mizan${upperFirst(imported)}`
}

/** `useMutation` in an import, or `useMutation as mizanUseMutation` where the name is taken; types begin with `type `. */
export function importClause(imported: string, exported: ReadonlySet<string>): string {
  const name = imported.replace(/^type /, '')
  const local = localName(name, exported)
  return local === name ? imported : `${imported} as ${local}`
}

export function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
