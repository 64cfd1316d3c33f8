/** Reads the options of a mark from its source. */

import { toWireName } from '@mizan/protocol'
import type { ts } from 'ts-morph'
import type { ApiOptions } from '../ir/api.ts'
import { type Constant, constantOf, NotConstant, propertiesOf } from './constants.ts'
import { readContext, readTargets } from './contexts.ts'
import { definitionOf, type Reading, shown } from './reading.ts'

/** What a mark says of its function. */
export interface MarkOptions {
  readonly facts: ApiOptions
  /** The wire name that the mark asks for. */
  readonly name?: string
  /** The Standard Schema that checks the arguments. */
  readonly input?: ts.Expression
  /** The error classes that clients get typed. */
  readonly throws?: ts.Expression
  /** Where each option stands, for problems found later. */
  readonly nodes: ReadonlyMap<string, ts.Expression>
}

/** Values that only a running server knows, or that are types; they are taken from the mark at boot. */
const readAtBoot = new Set(['input', 'throws', 'use'])

/** Reads the object given to `client`; whatever cannot be read is reported and left out. */
export function readOptions(node: ts.Expression | undefined, reading: Reading): MarkOptions {
  if (node === undefined) return { facts: {}, nodes: new Map() }
  const nodes = attempt(reading, () => propertiesOf(node, reading.checker)) ?? new Map()
  const facts: Record<string, unknown> = {}
  let name: string | undefined
  for (const [option, value] of nodes) {
    if (readAtBoot.has(option)) continue
    if (option === 'name') name = readName(value, reading)
    else if (option === 'affects') facts['affects'] = readTargets(value, reading)
    else if (option === 'context' || option === 'merge') facts[option] = readContext(value, reading)
    else if (option === 'auth') facts['auth'] = readAuth(value, reading)
    else if (plain.has(option)) facts[option] = readPlain(option, value, reading)
    else reading.report(value, `client has no option "${option}"; the options are ${optionNames()}`)
  }
  const input = nodes.get('input')
  const throws = nodes.get('throws')
  const known = Object.entries(facts).filter(([, value]) => value !== undefined)
  return {
    facts: Object.fromEntries(known) as ApiOptions, // cast: each option was read by its own rule
    nodes,
    ...(name === undefined ? {} : { name }),
    ...(input === undefined ? {} : { input }),
    ...(throws === undefined ? {} : { throws }),
  }
}

interface PlainOption {
  readonly accepts: (value: Constant) => boolean
  readonly expected: string
}

/** What a timer of Node can count. */
const longestTimer = 2_147_483_647

const positive = (value: Constant): value is number => typeof value === 'number' && value > 0
const methodNames: readonly Constant[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Options whose constant stands in the artifact. */
const plain: ReadonlyMap<string, PlainOption> = new Map([
  ['private', { accepts: (value: Constant) => value === true, expected: 'true' }],
  ['websocket', { accepts: (value: Constant) => value === true, expected: 'true' }],
  ['transaction', { accepts: (value: Constant) => value === false, expected: 'false' }],
  [
    'route',
    {
      accepts: (value: Constant) => typeof value === 'string' && value.startsWith('/'),
      expected: 'a path that starts with /, such as "/profile/:userId/"',
    },
  ],
  [
    'methods',
    {
      accepts: (value: Constant) =>
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((item) => methodNames.includes(item)),
      expected: 'a list of GET, POST, PUT, PATCH and DELETE',
    },
  ],
  ['cache', { accepts: isCache, expected: 'false, a number of seconds, or { ttl, staleFor }' }],
  [
    'rev',
    {
      accepts: (value: Constant) => Number.isInteger(value) && Number(value) >= 0,
      expected: 'a whole number',
    },
  ],
  [
    'timeout',
    {
      accepts: (value: Constant) => positive(value) && value >= 1 && value <= longestTimer,
      expected: `1 to ${longestTimer} milliseconds`,
    },
  ],
  [
    'upload',
    {
      accepts: isUpload,
      expected: '{ maxBytes, maxFiles, types }, whole numbers and media types such as "image/*"',
    },
  ],
])

function isCache(value: Constant): boolean {
  if (value === false || positive(value)) return true
  if (!isRecord(value)) return false
  return Object.entries(value).every(
    ([key, item]) => (key === 'ttl' || key === 'staleFor') && typeof item === 'number' && item >= 0,
  )
}

const mediaType = /^[a-z0-9!#$&^_.+-]+\/([a-z0-9!#$&^_.+-]+|\*)$/i

function isUpload(value: Constant): boolean {
  if (!isRecord(value)) return false
  return Object.entries(value).every(([key, item]) => {
    if (key === 'maxBytes' || key === 'maxFiles')
      return Number.isSafeInteger(item) && positive(item)
    return (
      key === 'types' &&
      Array.isArray(item) &&
      item.length > 0 &&
      item.every((type) => typeof type === 'string' && mediaType.test(type))
    )
  })
}

function isRecord(value: Constant): value is Readonly<Record<string, Constant>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readPlain(option: string, node: ts.Expression, reading: Reading): unknown {
  const value = constantOf(node, reading)
  const rule = plain.get(option)
  if (value === undefined || rule === undefined) return undefined
  if (!rule.accepts(value)) {
    reading.report(node, `${option} must be ${rule.expected}, got ${shown(node)}`)
    return undefined
  }
  return option === 'cache' && typeof value === 'number' ? { ttl: value } : value
}

function readName(node: ts.Expression, reading: Reading): string | undefined {
  const value = constantOf(node, reading)
  const wire = typeof value === 'string' ? toWireName(value) : null
  if (wire === null) {
    reading.report(node, `name must be a name such as "task_list", got ${shown(node)}`)
    return undefined
  }
  return wire
}

function readAuth(node: ts.Expression, reading: Reading): ApiOptions['auth'] {
  const { checker } = reading
  if (checker.getTypeAtLocation(node).getCallSignatures().length > 0) return 'custom'
  const definition = definitionOf(node, checker)
  const value = definition === undefined ? undefined : constantOf(node, reading)
  if (value === true) return 'required'
  if (value === 'staff' || value === 'superuser') return value
  reading.report(node, `auth must be true, "staff", "superuser" or a function, got ${shown(node)}`)
  return undefined
}

function attempt<T>(reading: Reading, run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof NotConstant)) throw error
    reading.report(error.node, error.message)
    return undefined
  }
}

function optionNames(): string {
  return ['name', 'context', 'merge', 'affects', 'auth', ...plain.keys(), ...readAtBoot]
    .sort()
    .join(', ')
}
