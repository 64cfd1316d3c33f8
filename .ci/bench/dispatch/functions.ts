/** The one function that every server of the dispatch benchmark answers, as a call and as a member of a context. */

import { type ArtifactParam } from '@mizan/protocol'
import { client, defineContext, defineFunctions, type Functions } from '@mizan/server'

/** What every server does. */
export function add(left: number, right: number): { sum: number } {
  return { sum: left + right }
}

const number = { type: 'number' } as const
const params: readonly ArtifactParam[] = [
  { name: 'left', key: 'left', schema: number, required: true },
  { name: 'right', key: 'right', schema: number, required: true },
]
const result = { type: 'object', properties: { sum: number }, required: ['sum'] } as const

/** As `mizan generate` would write it. */
export const functions: Functions = defineFunctions(
  {
    version: 1,
    digest: '0000000000000000',
    functions: {
      add: { key: 'add', source: 'functions.ts#add', params, result },
      sum: { key: 'sum', source: 'functions.ts#sum', context: 'sum', params, result },
    },
    contexts: { sum: { functions: ['sum'], params: params.map((param) => ({ ...param })) } },
    $defs: {},
  },
  {
    add: [client((left: number, right: number) => add(left, right))],
    sum: [
      client({ context: defineContext('sum') }, (left: number, right: number) => add(left, right)),
    ],
  },
)
