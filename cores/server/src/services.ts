/** Tokens, what is provided under them, and `inject`. */

import { currentScope } from './scope.ts'

/** A typed name for something that a service needs. */
export interface Token<T> {
  readonly name: string
  /** Never present; carries the type. */
  readonly type?: T
}

/** A value for a token. */
export interface Provided {
  readonly token: Token<unknown>
  readonly value: unknown
}

/** What one app provides. */
export type Container = ReadonlyMap<Token<unknown>, unknown>

/** Describes a dependency; two tokens of one name are two tokens. */
export function defineToken<T>(name: string): Token<T> {
  return Object.freeze({ name })
}

/** Pairs a token with its value, for `createApp({ provide })`. */
export function provide<T>(token: Token<T>, value: T): Provided {
  return { token, value }
}

let constructing: Container | undefined

/**
 * The value provided for `token`: in field initialisers of a service, or inside a request.
 *
 * @throws TypeError when nothing is provided, or when there is neither a service being made nor a request.
 */
export function inject<T>(token: Token<T>): T {
  const container = constructing ?? currentScope()?.container
  if (container === undefined) {
    throw new TypeError(
      `inject(${token.name}): call it in a field initialiser of a service, or inside a request`,
    )
  }
  if (!container.has(token)) {
    throw new TypeError(
      `inject(${token.name}): nothing provides it; add provide(${token.name}, …) or its plugin to createApp`,
    )
  }
  return container.get(token) as T // cast: provide() pairs token and value by type
}

/** Makes a service whose field initialisers may call {@link inject}. */
export function construct(service: new () => object, container: Container): object {
  return withServices(container, () => new service())
}

/** Runs something that may call {@link inject} before it waits for the first time. */
export function withServices<T>(container: Container, run: () => T): T {
  const outer = constructing
  constructing = container
  try {
    return run()
  } finally {
    constructing = outer
  }
}
