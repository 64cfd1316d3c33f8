/** The artifact: everything that the server, the edge and the tools know of an application. */

import {
  type Artifact,
  type ArtifactChannel,
  type ArtifactContext,
  type ArtifactError,
  type ArtifactFunction,
  type ArtifactParam,
  canonicalJson,
} from '@mizan/protocol'
import type {
  Api,
  ApiBinding,
  ApiChannel,
  ApiContext,
  ApiError,
  ApiFunction,
  ApiParam,
} from '../ir/api.ts'
import { digestOf } from './digest.ts'
import { documentedSchema, toSchema } from './schema.ts'

/** Makes the artifact of an API; equal APIs give equal artifacts, whose `JSON.stringify` is one text. */
export function toArtifact(api: Api): Artifact {
  const content: Omit<Artifact, 'digest'> = {
    version: 1,
    functions: Object.fromEntries(api.functions.map((fn) => [fn.wire, toFunction(fn)])),
    contexts: Object.fromEntries(api.contexts.map((context) => [context.wire, toContext(context)])),
    ...(api.channels === undefined || api.channels.length === 0
      ? {}
      : {
          channels: Object.fromEntries(
            api.channels.map((channel) => [channel.wire, toChannel(channel)]),
          ),
        }),
    $defs: Object.fromEntries(
      api.types.map((type) => [type.name, documentedSchema(type.type, type)]),
    ),
  }
  // Through the canonical text: keys are sorted, absent ones are gone, and nothing else can slip in.
  return JSON.parse(canonicalJson({ ...content, digest: digestOf(content) })) as Artifact // cast: what was just written
}

function toFunction(fn: ApiFunction): ArtifactFunction {
  const { affects, ...options } = fn.options
  return {
    key: fn.key,
    source: sourceOf(fn.binding),
    ...(fn.doc === undefined ? {} : { doc: fn.doc }),
    ...(fn.deprecated === undefined ? {} : { deprecated: true }),
    params: fn.params.map(toParam),
    ...(fn.destructured ? { destructured: true } : {}),
    ...(fn.input ? { input: true } : {}),
    result: toSchema(fn.result),
    ...(fn.stream ? { stream: true } : {}),
    ...(fn.throws === undefined || fn.throws.length === 0
      ? {}
      : { throws: fn.throws.map(toError) }),
    ...(fn.view ? { view: true } : {}),
    ...options,
    ...(affects === undefined || affects.length === 0 ? {} : { affects }),
  }
}

function toError({ code, status, data }: ApiError): ArtifactError {
  return { code, status, ...(data === undefined ? {} : { data: toSchema(data) }) }
}

function toChannel(channel: ApiChannel): ArtifactChannel {
  return {
    key: channel.key,
    source: sourceOf(channel.binding),
    ...(channel.doc === undefined ? {} : { doc: channel.doc }),
    params: channel.params.map(toParam),
    message: toSchema(channel.message),
  }
}

function sourceOf({ module, exported, member }: ApiBinding): string {
  return `${module}#${exported}${member === undefined ? '' : `.${member}`}`
}

function toParam(param: ApiParam): ArtifactParam {
  return {
    name: param.wire,
    key: param.key,
    schema: documentedSchema(param.type, param),
    required: param.required,
    ...(param.rest ? { rest: true } : {}),
  }
}

function toContext(context: ApiContext): ArtifactContext {
  return {
    functions: context.members.map((member) => member.wire),
    params: context.params.map(toParam),
  }
}
