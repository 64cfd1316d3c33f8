import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact, JsonSchema } from '@mizan/protocol'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { fixtures, fixturesFolder } from '../../test/fixtures-folder.ts'
import { repository } from '../../test/source-project.ts'

async function read<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T // cast: files of this repository
}

/** Formats are checked by the server; here they only describe. */
function ajv(): Ajv2020 {
  return new Ajv2020({ strict: true, strictTypes: false, formats: { regex: isRegex } })
}

function isRegex(text: string): boolean {
  return new RegExp(text, 'u').source !== ''
}

describe('the published schema describes the artifact', () => {
  let schema: object
  beforeAll(async () => {
    schema = await read<object>(join(repository, 'codegen/artifact.schema.json'))
  })

  const artifacts = [
    ...fixtures.map((name) => join(fixturesFolder, name, 'mizan/artifact.gen.json')),
    join(repository, 'examples/board/mizan/artifact.gen.json'),
    join(repository, 'cores/testing/src/fixture/mizan/artifact.gen.json'),
  ]

  test.for(artifacts.map((path) => path.slice(repository.length + 1)))('%s', async (path) => {
    const validate = ajv().compile(schema)
    const artifact = await read<Artifact>(join(repository, path))
    validate(artifact)
    expect(validate.errors).toBeNull()
  })

  test('an artifact with anything else in it is none', async () => {
    const validate = ajv().compile(schema)
    const artifact = await read<Artifact>(artifacts[0]!)
    expect(validate({ ...artifact, version: 2 })).toBe(false)
    expect(validate({ ...artifact, more: 1 })).toBe(false)
    expect(validate({ ...artifact, functions: { userName: {} } })).toBe(false)
    const [[name, fn] = ['', {}]] = Object.entries(artifact.functions)
    expect(validate({ ...artifact, functions: { [name]: { ...fn, colour: 'red' } } })).toBe(false)
  })
})

describe('every schema in an artifact is one of JSON Schema 2020-12', () => {
  test.for(fixtures)('%s', async (fixture) => {
    const path = join(fixturesFolder, fixture, 'mizan/artifact.gen.json')
    const { functions, contexts, channels = {}, $defs } = await read<Artifact>(path)
    const owners = [
      ...Object.values(functions),
      ...Object.values(contexts),
      ...Object.values(channels),
    ]
    const schemas: JsonSchema[] = [
      ...owners.flatMap(({ params }) => params.map((param) => param.schema)),
      ...Object.values(functions).map((fn) => fn.result),
      ...Object.values(channels).map((channel) => channel.message),
    ]
    const checker = new Ajv2020({ strict: false, validateFormats: false })
    for (const schema of schemas) expect(() => checker.compile({ ...schema, $defs })).not.toThrow()
  })
})
