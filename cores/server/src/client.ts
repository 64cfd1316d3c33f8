/** `client`: makes a server function callable by clients. */

import type { ClientOptions, Fn } from './client-options.ts'
import { mark } from './marks.ts'

/** A method decorator in both conventions. */
export interface ClientDecorator {
  <F extends Fn>(method: F, context: ClassMethodDecoratorContext): void
  <F extends Fn>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>): void
}

/** The forms of {@link client}. */
export type Client = {
  <F extends Fn>(fn: F): F
  <F extends Fn>(options: ClientOptions, fn: F): F
  (options: ClientOptions): ClientDecorator
} & ClientDecorator

/**
 * Marks a function for clients: `@client`, `@client({ … })` on a method, `client(fn)` or `client({ … }, fn)` around a
 * function. The function itself is returned, so a direct call stays a plain call.
 *
 * @throws TypeError when it stands on anything but a method or a function.
 */
export const client: Client = clientForm as Client // cast: one implementation behind the overloads

function clientForm(first: unknown, second?: unknown, third?: unknown): unknown {
  if (typeof first === 'function' && second === undefined) return marked(first as Fn, {})
  if (isDecoratorCall(second, third)) return decorate({}, first, second, third)
  if (isOptions(first) && typeof second === 'function') return marked(second as Fn, first)
  if (isOptions(first) && second === undefined) {
    return (target: unknown, key: unknown, descriptor?: unknown) =>
      decorate(first, target, key, descriptor)
  }
  throw new TypeError('client: use @client on a method, client(fn), or client(options, fn)')
}

function decorate(
  options: ClientOptions,
  target: unknown,
  key: unknown,
  descriptor: unknown,
): void {
  if (isStandardContext(key)) {
    if (key.kind !== 'method' || key.private) throw misuse(undefined, key.name)
    mark(target as Fn, options) // cast: a standard method decorator is given the method
    return
  }
  const method = isOptions(descriptor) ? (descriptor as PropertyDescriptor).value : undefined
  if (typeof method !== 'function') throw misuse(target, key)
  mark(method as Fn, options)
}

function marked(fn: Fn, options: ClientOptions): Fn {
  mark(fn, options)
  return fn
}

function isDecoratorCall(second: unknown, third: unknown): boolean {
  return (
    isStandardContext(second) ||
    ((typeof second === 'string' || typeof second === 'symbol') && isOptions(third))
  )
}

function isStandardContext(value: unknown): value is DecoratorContext {
  return isOptions(value) && 'kind' in value && 'name' in value && 'metadata' in value
    ? true
    : isOptions(value) && 'kind' in value && 'addInitializer' in value
}

function isOptions(value: unknown): value is ClientOptions {
  return typeof value === 'object' && value !== null
}

function misuse(target: unknown, key: unknown): TypeError {
  const owner =
    typeof target === 'function' ? target.name : (target as object | undefined)?.constructor.name
  const member = owner === undefined ? String(key) : `${owner}.${String(key)}`
  return new TypeError(
    `@client on ${member}: only public methods can be marked, not fields, accessors or classes`,
  )
}
