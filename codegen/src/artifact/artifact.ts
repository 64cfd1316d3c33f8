/** The artifact: everything that the server, the edge and the tools know of an application. */

import { createHash } from 'node:crypto'
import {
  type Artifact,
  type ArtifactContext,
  type ArtifactFunction,
  type ArtifactParam,
  canonicalJson,
} from '@mizan/protocol'
import type { Api, ApiContext, ApiFunction, ApiParam } from '../ir/api.ts'
import { described, toSchema } from './schema.ts'

/** Makes the artifact of an API; equal APIs give equal artifacts. */
export function toArtifact(api: Api): Artifact {
  const content: Omit<Artifact, 'digest'> = {
    version: 1,
    functions: Object.fromEntries(api.functions.map((fn) => [fn.wire, toFunction(fn)])),
    contexts: Object.fromEntries(api.contexts.map((context) => [context.wire, toContext(context)])),
    $defs: Object.fromEntries(
      api.types.map((type) => [type.name, described(toSchema(type.type), type.doc)]),
    ),
  }
  // Through the canonical text: keys are sorted, absent ones are gone, and nothing else can slip in.
  const text = canonicalJson(content)
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return JSON.parse(canonicalJson({ ...content, digest })) as Artifact // cast: what was just written
}

function toFunction(fn: ApiFunction): ArtifactFunction {
  const { module, exported, member } = fn.binding
  const { affects, ...options } = fn.options
  return {
    key: fn.key,
    source: `${module}#${exported}${member === undefined ? '' : `.${member}`}`,
    ...(fn.doc === undefined ? {} : { doc: fn.doc }),
    params: fn.params.map(toParam),
    ...(fn.destructured ? { destructured: true } : {}),
    ...(fn.input ? { input: true } : {}),
    result: toSchema(fn.result),
    ...(fn.view ? { view: true } : {}),
    ...options,
    ...(affects === undefined || affects.length === 0 ? {} : { affects }),
  }
}

function toParam(param: ApiParam): ArtifactParam {
  return {
    name: param.wire,
    key: param.key,
    schema: described(toSchema(param.type), param.doc),
    required: param.required,
  }
}

function toContext(context: ApiContext): ArtifactContext {
  return {
    functions: context.members.map((member) => member.wire),
    params: context.params.map(toParam),
  }
}
