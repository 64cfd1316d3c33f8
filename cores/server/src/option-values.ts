/** Options as they stand in the running code: types keep the wrong ones out, JavaScript and casts do not. */

import { MizanError } from '@mizan/protocol'
import type { ClientOptions } from './client-options.ts'

interface Rule {
  readonly accepts: (value: unknown) => boolean
  readonly expected: string
}

const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0
const isText = (value: unknown): boolean => typeof value === 'string'
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isNamed = (value: unknown): boolean => isObject(value) && 'name' in value

const methodNames: readonly unknown[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const guards: readonly unknown[] = [true, 'staff', 'superuser']

const rules: Readonly<Record<keyof ClientOptions, Rule>> = {
  name: { accepts: isText, expected: 'a text' },
  context: { accepts: isNamed, expected: 'a context, made by defineContext' },
  merge: { accepts: isNamed, expected: 'a context, made by defineContext' },
  affects: {
    accepts: (value) => (Array.isArray(value) ? value : [value]).every(isObject),
    expected: 'a context, a target, or a list of them',
  },
  private: { accepts: (value) => value === true, expected: 'true, or absent' },
  route: { accepts: isText, expected: 'a path such as "/profile/:userId/"' },
  methods: {
    accepts: (value) => Array.isArray(value) && value.every((one) => methodNames.includes(one)),
    expected: 'a list of GET, POST, PUT, PATCH and DELETE',
  },
  auth: {
    accepts: (value) => typeof value === 'function' || guards.includes(value),
    expected: 'true, "staff", "superuser" or a function',
  },
  cache: {
    accepts: (value) => value === false || typeof value === 'number' || isCacheHint(value),
    expected: 'false, a number of seconds, or { ttl, staleFor }',
  },
  rev: { accepts: (value) => typeof value === 'number', expected: 'a whole number' },
  websocket: { accepts: (value) => value === true, expected: 'true, or absent' },
  input: {
    accepts: (value) =>
      (isObject(value) || typeof value === 'function') && '~standard' in Object(value),
    expected: 'a Standard Schema',
  },
  throws: {
    accepts: (value) => Array.isArray(value) && value.every(isErrorClass),
    expected: 'a list of classes made by defineError',
  },
  transaction: { accepts: (value) => value === false, expected: 'false, or absent' },
  timeout: { accepts: isPositive, expected: 'a positive number of milliseconds' },
  upload: { accepts: isUpload, expected: '{ maxBytes, maxFiles, types }, numbers above 0' },
  use: {
    accepts: (value) => Array.isArray(value) && value.every((one) => typeof one === 'function'),
    expected: 'a list of layers, which are functions',
  },
}

/** What is wrong with the values of `options`, one sentence each. */
export function wrongValuesOf(options: ClientOptions): string[] {
  const wrong = Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined) return []
    if (!Object.hasOwn(rules, option)) return [`client has no option "${option}"`]
    const rule = rules[option as keyof ClientOptions] // cast: checked to be one
    return rule.accepts(value) ? [] : [`${option} is ${rule.expected}`]
  })
  const codes = Array.isArray(options.throws) ? options.throws.map((one) => one?.code) : []
  const twice = codes.find((code, index) => codes.indexOf(code) !== index)
  return twice === undefined ? wrong : [...wrong, `throws has two classes of the code ${twice}`]
}

/** Whether instances answer with a code of their own; the class says which. */
function isErrorClass(value: unknown): boolean {
  if (typeof value !== 'function' || !('code' in value)) return false
  return typeof value.code === 'string' && value.prototype instanceof MizanError
}

function isCacheHint(value: unknown): boolean {
  const isKnown = ([name, time]: [string, unknown]): boolean =>
    (name === 'ttl' || name === 'staleFor') && (time === undefined || typeof time === 'number')
  return isObject(value) && Object.entries(value).every(isKnown)
}

function isUpload(value: unknown): boolean {
  const isKnown = ([name, limit]: [string, unknown]): boolean => {
    if (limit === undefined) return true
    if (name === 'types') return Array.isArray(limit) && limit.every(isText)
    return (name === 'maxBytes' || name === 'maxFiles') && isCount(limit)
  }
  return isObject(value) && Object.entries(value).every(isKnown)
}
