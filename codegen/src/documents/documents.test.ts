import { readFile } from 'node:fs/promises'
import type { Artifact, JsonSchema } from '@mizan/protocol'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { fixtures, fixturesFolder } from '../../test/fixtures-folder.ts'
import { toJsonSchema } from './json-schema.ts'
import { toMcpTools } from './mcp-tools.ts'
import { toOpenApi } from './openapi.ts'

async function artifactOf(fixture: string): Promise<Artifact> {
  const text = await readFile(`${fixturesFolder}/${fixture}/mizan/artifact.gen.json`, 'utf8')
  return JSON.parse(text) as Artifact // cast: written by the compiler
}

const ajv = (): Ajv2020 => new Ajv2020({ strict: false, validateFormats: false })

describe.each(fixtures)('of the fixture %s', (fixture) => {
  test('the OpenAPI document is valid, and each reference leads somewhere', async () => {
    const document = toOpenApi(await artifactOf(fixture), {
      servers: [{ url: 'https://example.com' }],
    })
    const validator = new Validator()
    const { valid, errors } = await validator.validate(
      JSON.parse(JSON.stringify(document)) as Record<string, unknown>, // cast: a document is an object
    )
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(validator.version).toBe('3.1')
    const schemas = document.components['schemas'] as Record<string, JsonSchema> // cast: its own form
    const references = JSON.stringify(document).match(/"\$ref":"[^"]*"/g) ?? []
    for (const reference of new Set(references)) {
      const [, name = ''] = /^"\$ref":"#\/components\/schemas\/([^"]*)"$/.exec(reference) ?? []
      expect(schemas, reference).toHaveProperty([name])
    }
  })

  test('the JSON Schema document compiles, each part of it', async () => {
    const document = toJsonSchema(await artifactOf(fixture))
    const schemas = ajv().addSchema(document, 'document')
    for (const name of Object.keys(document.$defs))
      expect(schemas.getSchema(`document#/$defs/${encodeURIComponent(name)}`), name).toBeTypeOf(
        'function',
      )
  })

  test('each MCP tool has a name and schemas of its own', async () => {
    for (const tool of toMcpTools(await artifactOf(fixture))) {
      expect(tool.name).toMatch(/^[\w.-]{1,128}$/)
      expect(() => ajv().compile(tool.inputSchema), tool.name).not.toThrow()
      expect(() => ajv().compile(tool.outputSchema), tool.name).not.toThrow()
      expect(tool.annotations.readOnlyHint).toBe(!tool.annotations.destructiveHint)
    }
  })
})

const string: JsonSchema = { type: 'string' }
const base = { source: 'src/a.ts#a', params: [], result: string } as const
const param = (name: string, schema: JsonSchema, required = true) => ({
  name,
  key: name,
  schema,
  required,
})

const artifact: Artifact = {
  version: 1,
  digest: '0123456789abcdef',
  functions: {
    hidden: { ...base, key: 'hidden', private: true },
    page: { ...base, key: 'page', view: true, route: '/page/' },
    rename: {
      ...base,
      key: 'rename',
      doc: 'Renames.\n\nTwice.',
      deprecated: true,
      auth: 'required',
      params: [param('title', { $ref: '#/$defs/MizanError' })],
      throws: [
        { code: 'NAME_TAKEN', status: 409, data: { $ref: '#/$defs/Größe' } },
        { code: 'LOCKED', status: 409 },
      ],
    },
    detail: {
      ...base,
      key: 'detail',
      doc: 'One.',
      context: 'task',
      params: [param('task_id', { type: 'number' })],
    },
    send: {
      ...base,
      key: 'send',
      params: [
        param('cover', { type: 'string', format: 'binary', 'x-mizan': 'file' }, false),
        param('album', { $ref: '#/$defs/Album' }),
      ],
    },
    tail: { ...base, key: 'tail', stream: true },
  },
  contexts: {
    task: {
      functions: ['detail'],
      params: [
        param('task_id', { type: 'number' }),
        param('since', { anyOf: [string, { type: 'null' }] }, false),
      ],
    },
  },
  channels: { room: { key: 'roomChannel', source: 'src/a.ts#room', params: [], message: string } },
  $defs: {
    Album: {
      type: 'object',
      properties: {
        title: string,
        'a/b~c': { type: 'string', format: 'binary', 'x-mizan': 'file' },
        photos: { type: 'array', items: { type: 'string', format: 'binary', 'x-mizan': 'file' } },
      },
    },
    Größe: { type: 'object', properties: { $ref: { $ref: '#/$defs/Größe' } } },
    MizanError: string,
  },
}

describe('OpenAPI', () => {
  const document = toOpenApi(artifact, { base: '/api', title: 'Board', version: '2.0.0' })
  // oxlint-disable-next-line typescript/no-explicit-any -- cast: what stands in it is what is asserted
  const operation = (path: string, method: string): any => document.paths[path]?.[method]

  test('private functions and views are left out', () => {
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/call/rename/',
      '/api/call/send/',
      '/api/call/tail/',
      '/api/ctx/task/',
    ])
    expect(document.info).toEqual({ title: 'Board', version: '2.0.0' })
  })

  test('errors of one status stand together, each with its data', () => {
    const { responses } = operation('/api/call/rename/', 'post')
    expect(JSON.stringify(responses['409'])).toContain('"const":"NAME_TAKEN"')
    expect(JSON.stringify(responses['409'])).toContain('"const":"LOCKED"')
    expect(operation('/api/call/rename/', 'post')).toMatchObject({
      operationId: 'rename',
      summary: 'Renames.',
      deprecated: true,
      security: [{ bearer: [] }],
    })
  })

  test('a type whose name is taken, or has letters that components may not have, gets another', () => {
    expect(Object.keys(document.components['schemas'] as object)).toEqual([
      'Album',
      'Gr__e',
      'MizanError',
      'MizanError2',
      'MizanTarget',
    ])
    expect(JSON.stringify(operation('/api/call/rename/', 'post')['requestBody'])).toContain(
      '"#/components/schemas/MizanError2"',
    )
  })

  test('a property that is called $ref is no reference', () => {
    expect(document.components['schemas']).toHaveProperty('Gr__e.properties.$ref', {
      $ref: '#/components/schemas/Gr__e',
    })
  })

  test('files are parts named by their pointers', () => {
    const { requestBody } = operation('/api/call/send/', 'post')
    const schema = requestBody['content']['multipart/form-data']['schema']
    expect(Object.keys(schema.patternProperties)).toEqual([
      '^/album/a~1b~0c$',
      '^/album/photos/[0-9]+$',
      '^/cover$',
    ])
    expect(schema.properties.args).toMatchObject({
      properties: {
        cover: { type: 'null' },
        album: { properties: { photos: { items: { type: 'null' } } } },
      },
    })
  })

  test('a stream is lines of JSON, a param of several kinds is JSON in the query', () => {
    expect(operation('/api/call/tail/', 'post')).toHaveProperty([
      'responses',
      '200',
      'content',
      'application/x-ndjson',
    ])
    expect(operation('/api/ctx/task/', 'get')['parameters'][1]).toHaveProperty([
      'content',
      'application/json',
    ])
  })
})

test('tools are read-only where they are members of a context, and never take files', () => {
  expect(
    toMcpTools(artifact).map(({ name, annotations }) => [name, annotations.readOnlyHint]),
  ).toEqual([
    ['rename', false],
    ['detail', true],
    ['tail', false],
  ])
})

test('a JSON Schema document names what crosses as generated clients do', () => {
  expect(Object.keys(toJsonSchema(artifact).$defs)).toEqual([
    'Album',
    'Größe',
    'MizanError',
    'RenameArgs',
    'RenameError',
    'RenameResult',
    'RoomChannelMessage',
    'RoomChannelParams',
    'SendArgs',
    'SendResult',
    'TailArgs',
    'TailItem',
    'TaskContextData',
    'TaskContextParams',
  ])
})
