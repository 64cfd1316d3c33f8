/** The parts of an OpenAPI document that every application has. */

import { type ArtifactFunction, errorTable, type JsonSchema } from '@mizan/protocol'
import { objectOf } from './public-functions.ts'

/** Schemas that documents share, by name; an application's type of the same name is called otherwise. */
export const sharedSchemas: Readonly<Record<string, JsonSchema>> = {
  MizanError: {
    ...objectOf([
      { name: 'code', schema: { type: 'string' }, required: true },
      { name: 'message', schema: { type: 'string' }, required: true },
      { name: 'details', schema: {}, required: false },
      { name: 'id', schema: { type: 'string' }, required: false },
    ]),
    description: `Codes of the protocol: ${Object.keys(errorTable).join(', ')}.`,
  },
  MizanTarget: {
    anyOf: [
      { type: 'string' },
      objectOf([
        { name: 'context', schema: { type: 'string' }, required: true },
        { name: 'function', schema: { type: 'string' }, required: false },
        { name: 'params', schema: { type: 'object' }, required: false },
      ]),
    ],
    description: 'What is out of date: a context, one function of it, or those with these params.',
  },
}

/** A list of what is out of date. */
export const targets: JsonSchema = {
  type: 'array',
  items: { $ref: '#/components/schemas/MizanTarget' },
}

const protocolError: JsonSchema = { $ref: '#/components/schemas/MizanError' }

function answerOf(error: JsonSchema): JsonSchema {
  return objectOf([
    { name: 'error', schema: error, required: true },
    { name: 'invalidate', schema: targets, required: false },
  ])
}

/** Each line of a streamed answer. */
export function streamLine(item: JsonSchema): JsonSchema {
  return {
    anyOf: [
      objectOf([{ name: 'item', schema: item, required: true }]),
      objectOf([
        { name: 'end', schema: { const: true }, required: true },
        { name: 'invalidate', schema: targets, required: false },
      ]),
      answerOf(protocolError),
    ],
  }
}

/** The declared errors by status, and everything else. */
export function errorResponses(functions: readonly ArtifactFunction[]): Record<string, object> {
  const byStatus = new Map<number, Map<string, JsonSchema>>()
  for (const { code, status, data } of functions.flatMap((fn) => fn.throws ?? [])) {
    const schema = objectOf([
      { name: 'code', schema: { const: code }, required: true },
      { name: 'message', schema: { type: 'string' }, required: true },
      { name: 'details', schema: data ?? {}, required: data !== undefined },
    ])
    byStatus.set(status, (byStatus.get(status) ?? new Map()).set(code, schema))
  }
  const response = (description: string, error: JsonSchema): object => ({
    description,
    content: { 'application/json': { schema: answerOf(error) } },
  })
  return {
    ...Object.fromEntries(
      [...byStatus].map(([status, errors]) => [
        status,
        // A status of ours may come with a code of the protocol too.
        response([...errors.keys()].join(', '), { anyOf: [...errors.values(), protocolError] }),
      ]),
    ),
    default: response('Any other failure.', protocolError),
  }
}
