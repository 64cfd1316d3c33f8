/** Calls a marked function: on the app's instance of its class, on the class, or by itself. */

import type { Service } from './functions.ts'
import { type Entry, isStatic, type Registry } from './registry.ts'
import { construct, type Container } from './services.ts'

/** Calls functions of one app. */
export type Invoke = (entry: Entry, args: readonly unknown[]) => unknown

/** Makes every service once; constructors run here, so that a missing dependency stops the boot. */
export function createInvoker(registry: Registry, container: Container): Invoke {
  const instances = new Map<unknown, object>()
  const receivers = new Map<Entry, unknown>()
  for (const entry of registry.entries.values()) {
    const { source } = entry
    if (source.length === 1) continue
    const [owner] = source
    if (isStatic(source)) {
      receivers.set(entry, owner)
      continue
    }
    const instance = instances.get(owner) ?? construct(owner as Service, container) // cast: a class with instance members can be made
    instances.set(owner, instance)
    receivers.set(entry, instance)
  }
  return (entry, args) => {
    // cast: arguments were decoded to the declared types
    const fn = entry.fn as (...args: unknown[]) => unknown
    return Reflect.apply(
      fn,
      receivers.get(entry),
      entry.facts.destructured ? [toBag(entry, args)] : args,
    )
  }
}

/** One object for a destructured parameter; absent arguments stay absent, so that defaults apply. */
function toBag(entry: Entry, args: readonly unknown[]): Record<string, unknown> {
  if (entry.facts.input) return args[0] as Record<string, unknown> // cast: a schema's output for a destructured parameter is an object
  const pairs = entry.facts.params.map((param, index) => [param.key, args[index]] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined))
}
