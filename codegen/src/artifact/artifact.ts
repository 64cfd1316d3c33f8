/** The artifact: everything that the server, the edge and the tools know of an application. */

import type {
  Artifact,
  ArtifactChannel,
  ArtifactContext,
  ArtifactError,
  ArtifactFunction,
  ArtifactParam,
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
import type { Derivations } from '../ir/derivations.ts'
import { createJoinedText } from '../ir/joined-text.ts'
import type { NamedType } from '../ir/type.ts'
import { bareChannel, bareContext, bareFunction, bareSchema, digestOf } from './digest.ts'
import {
  type ArtifactEntry,
  type ArtifactSection,
  type ArtifactSections,
  toEntry,
  type WrittenArtifact,
} from './written-artifact.ts'
import { documentedSchema, toSchema } from './schema.ts'

/** Makes the artifact of an API; equal APIs give equal artifacts, whose `JSON.stringify` is one text. */
export function toArtifact(api: Api, derived: Derivations): WrittenArtifact {
  const sections: ArtifactSections = {
    $defs: api.types.map((type) => derived.of(typeEntry, type)),
    channels: (api.channels ?? []).map((channel) => derived.of(channelEntry, channel)),
    contexts: api.contexts.map((context) => derived.of(contextEntry, context)),
    functions: api.functions.map((fn) => derived.of(functionEntry, fn)),
  }
  const digest = digestOf(sections, derived.of(createJoinedText, digestOf))
  // cast: entries are what the makers below give, through their canonical text
  const artifact = {
    $defs: valuesOf(sections.$defs),
    ...(sections.channels.length === 0 ? {} : { channels: valuesOf(sections.channels) }),
    contexts: valuesOf(sections.contexts),
    digest,
    functions: valuesOf(sections.functions),
    version: 1,
  } as Artifact
  return { artifact, sections }
}

function valuesOf(section: ArtifactSection): Record<string, unknown> {
  return Object.fromEntries(section.map(({ name, value }) => [name, value]))
}

function functionEntry(fn: ApiFunction): ArtifactEntry {
  return toEntry(fn.wire, toFunction(fn), bareFunction)
}

function contextEntry(context: ApiContext): ArtifactEntry {
  return toEntry(context.wire, toContext(context), bareContext)
}

function channelEntry(channel: ApiChannel): ArtifactEntry {
  return toEntry(channel.wire, toChannel(channel), bareChannel)
}

function typeEntry(type: NamedType): ArtifactEntry {
  return toEntry(type.name, documentedSchema(type.type, type), bareSchema)
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
