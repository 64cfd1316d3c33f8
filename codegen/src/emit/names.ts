/** The names that generated clients export. */

import type { ApiChannel, ApiContext, ApiFunction } from '../ir/api.ts'

/** The names made from one context. */
export interface ContextNames {
  /** The descriptor: `taskContext`. */
  readonly descriptor: string
  readonly params: string
  readonly data: string
  readonly error: string
  readonly fetch: string
  readonly hook: string
  /** Of a list that grows: `useInfiniteTaskContext`; only where there are params. */
  readonly infinite: string
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
    error: `${upper}ContextError`,
    fetch: `fetch${upper}Context`,
    hook: `use${upper}Context`,
    infinite: `useInfinite${upper}Context`,
    provider: `${upper}Context`,
    provide: `provide${upper}Context`,
  }
}

/** The names made from one function. */
export interface FunctionNames {
  /** The descriptor: `updateTask`. */
  readonly descriptor: string
  readonly args: string
  /** `UpdateTaskResult`, or `TailItem` of a stream. */
  readonly result: string
  readonly error: string
  readonly call: string
  readonly hook: string
  /** In a file of its own. */
  readonly form: string
}

export function namesOfFunction(fn: ApiFunction): FunctionNames {
  const upper = upperFirst(fn.key)
  return {
    descriptor: takenWords.has(fn.key) ? `${fn.key}Function` : fn.key,
    args: `${upper}Args`,
    result: `${upper}${fn.stream ? 'Item' : 'Result'}`,
    error: `${upper}Error`,
    call: `call${upper}`,
    hook: `use${upper}`,
    form: `${fn.key}Form`,
  }
}

/** The names made from one channel. */
export interface ChannelNames {
  /** The descriptor: `taskChannel`. */
  readonly descriptor: string
  readonly params: string
  readonly message: string
  readonly hook: string
}

export function namesOfChannel(channel: ApiChannel): ChannelNames {
  const key = channel.key.replace(/Channel$/, '')
  const upper = upperFirst(key)
  return {
    descriptor: `${key}Channel`,
    params: `${upper}ChannelParams`,
    message: `${upper}ChannelMessage`,
    hook: `use${upper}Channel`,
  }
}

/** Every name that a function or a context adds to the generated files. */
export const generatedNames = {
  ofContext: (context: ApiContext): string[] => {
    const { error, infinite, ...names } = namesOfContext(context)
    const fails = context.members.some(({ throws = [] }) => throws.length > 0)
    return [
      ...Object.values(names),
      ...(fails ? [error] : []),
      ...(context.params.length > 0 ? [infinite] : []),
    ]
  },
  ofFunction: (fn: ApiFunction): readonly string[] => {
    const known = namesOfFunctions.get(fn) ?? allNamesOfFunction(fn)
    namesOfFunctions.set(fn, known)
    return known
  },
  ofChannel: (channel: ApiChannel): string[] => Object.values(namesOfChannel(channel)),
} as const

/** A function never changes once it is read, and several files ask. */
const namesOfFunctions = new WeakMap<ApiFunction, readonly string[]>()

function allNamesOfFunction(fn: ApiFunction): readonly string[] {
  const { form: _form, error, hook, ...names } = namesOfFunction(fn)
  if (fn.options.context !== undefined) return [hook]
  return [hook, ...Object.values(names), ...((fn.throws ?? []).length > 0 ? [error] : [])]
}

/** Whether generated code mentions another type by this name, so that none of the application's can have it. */
export function isReservedTypeName(name: string): boolean {
  return typesOfGeneratedCode.has(name)
}

/** Types that generated code mentions by these names. */
const typesOfGeneratedCode: ReadonlySet<string> = new Set([
  'AsyncIterableIterator',
  'Blob',
  'CallDescriptor',
  'CallOptions',
  'ChannelDescriptor',
  'ChannelOptions',
  'ChannelResult',
  'ContextDescriptor',
  'ContextProvider',
  'ContextResult',
  'Date',
  'DeclaredError',
  'InfiniteReadOptions',
  'InfiniteResult',
  'Map',
  'MaybeRefOrGetter',
  'MutationResult',
  'Partial',
  'Promise',
  'ProtocolError',
  'ReadOptions',
  'Record',
  'Set',
  'StreamDescriptor',
  'StreamOptions',
  'StreamResult',
  'Uint8Array',
])

/** Words of the language, and globals that generated code calls. */
const takenWords: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private ' +
    'protected public return static super switch this throw true try typeof undefined var void while with yield ' +
    'Array BigInt Blob Date Map Object Set String Uint8Array atob btoa'
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
