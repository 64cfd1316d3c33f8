/** The HTTP interface as an OpenAPI 3.1 document. */

import {
  type Artifact,
  type ArtifactContext,
  type ArtifactFunction,
  fromWireName,
  textKindOf,
} from '@mizan/protocol'
import { contextData } from './json-schema.ts'
import { multipartSchema } from './multipart-schema.ts'
import { errorResponses, sharedSchemas, streamLine, targets } from './openapi-parts.ts'
import { componentNames, withComponents } from './openapi-references.ts'
import { holdsFile, objectOf, publicFunctions } from './public-functions.ts'

/** What a document says besides the artifact. */
export interface OpenApiOptions {
  /** Path under which the server is mounted. @default '/api/mizan' */
  readonly base?: string
  /** @default 'Mizan' */
  readonly title?: string
  /** Of the application, not of OpenAPI. @default the artifact's digest */
  readonly version?: string
  readonly description?: string
  /** Scheme, host and port. @default the host that serves the document */
  readonly servers?: readonly { readonly url: string; readonly description?: string }[]
}

/** An OpenAPI document: plain JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly servers?: OpenApiOptions['servers']
  readonly tags?: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: Readonly<Record<string, unknown>>
}

/** Contexts are `GET`, functions `POST`; private functions and views are left out. Equal artifacts give equal documents. */
export function toOpenApi(artifact: Artifact, options: OpenApiOptions = {}): OpenApiDocument {
  const { base = '/api/mizan', title = 'Mizan', version = artifact.digest } = options
  const contexts = Object.entries(artifact.contexts)
  const calls = publicFunctions(artifact).filter(({ fn }) => fn.context === undefined)
  const paths = Object.fromEntries([
    ...calls.map(({ name, fn }) => [`${base}/call/${name}/`, { post: callOf(name, fn, artifact) }]),
    ...contexts.map(([name, context]) => [
      `${base}/ctx/${name}/`,
      { get: readOf(name, context, artifact) },
    ]),
  ]) as Record<string, Record<string, unknown>> // cast: what was just written
  const names = componentNames(Object.keys(artifact.$defs), Object.keys(sharedSchemas))
  const schemas = [
    ...Object.entries(artifact.$defs).map(
      ([name, schema]) => [names.get(name) ?? name, schema] as const,
    ),
    ...Object.entries(sharedSchemas),
  ]
  return withComponents(
    {
      openapi: '3.1.1',
      info: {
        title,
        version,
        ...(options.description === undefined ? {} : { description: options.description }),
      },
      ...(options.servers === undefined ? {} : { servers: options.servers }),
      ...(contexts.length === 0 ? {} : { tags: contexts.map(([name]) => ({ name })) }),
      paths,
      components: {
        schemas: Object.fromEntries(schemas.sort(([a], [b]) => (a < b ? -1 : 1))),
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          token: { type: 'apiKey', in: 'header', name: 'X-Mizan-Token' },
        },
      },
    },
    names,
  )
}

function readOf(name: string, context: ArtifactContext, artifact: Artifact): object {
  const members = context.functions.flatMap((wire) => artifact.functions[wire] ?? [])
  const needsAuth = members.some((fn) => fn.auth !== undefined)
  return {
    operationId: `fetch${upperFirst(fromWireName(name))}Context`,
    tags: [name],
    ...documentation(members),
    ...(needsAuth ? { security: [{ bearer: [] }, { token: [] }] } : {}),
    parameters: context.params.map(({ name: param, schema, required }) => ({
      name: param,
      in: 'query',
      required,
      ...(schema.description === undefined ? {} : { description: schema.description }),
      // Of more than one JSON kind: the query holds its JSON text.
      ...(textKindOf(schema, artifact.$defs) === 'json'
        ? { content: { 'application/json': { schema } } }
        : { schema }),
    })),
    responses: {
      200: {
        description: 'The results of the functions, by name.',
        headers: { ETag: { schema: { type: 'string' } } },
        content: { 'application/json': { schema: contextData(artifact, context.functions) } },
      },
      304: { description: 'What `If-None-Match` names is up to date.' },
      ...errorResponses(members),
    },
  }
}

function callOf(name: string, fn: ArtifactFunction, artifact: Artifact): object {
  const args = objectOf(fn.params)
  const hasFiles = holdsFile(args, artifact.$defs)
  const answer = objectOf([
    { name: 'invalidate', schema: targets, required: false },
    { name: 'result', schema: fn.result, required: true },
  ])
  return {
    operationId: fn.key,
    ...documentation([fn]),
    ...(fn.auth === undefined ? {} : { security: [{ bearer: [] }] }),
    requestBody: {
      required: true,
      content: hasFiles
        ? {
            'multipart/form-data': {
              schema: multipartSchema(args, artifact.$defs),
              encoding: { args: { contentType: 'application/json' } },
            },
          }
        : { 'application/json': { schema: args } },
    },
    responses: {
      200: fn.stream
        ? {
            description: 'One item a line; the last line says how it ended.',
            content: { 'application/x-ndjson': { schema: streamLine(fn.result) } },
          }
        : {
            description: 'The result, and what it made out of date.',
            content: { 'application/json': { schema: answer } },
          },
      ...errorResponses([fn]),
    },
    'x-mizan-function': name,
  }
}

/** The first line as the summary, everything as the description. */
function documentation(functions: readonly ArtifactFunction[]): object {
  const docs = functions.flatMap((fn) => fn.doc ?? [])
  const [only] = docs
  const summary = functions.length === 1 ? only?.split('\n')[0] : undefined
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(docs.length === 0 ? {} : { description: docs.join('\n\n') }),
    ...(functions.length > 0 && functions.every((fn) => fn.deprecated) ? { deprecated: true } : {}),
  }
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
