/** What a decoder left out of its result: the properties that no part of the type declares. */

import type { Report } from './report.ts'
import { isJsonObject } from './schema.ts'

/**
 * Weighs the properties of `json` that `value`, decoded from it, does not have; 0 when it has all. With a report each becomes an issue.
 * Comparing afterwards is what makes it right for conjunctions and unions, whose parts each know half of a type.
 */
export function weighDropped(json: unknown, value: unknown, report?: Report): number {
  if (Array.isArray(json)) return inItems(json, itemsOf(value), report)
  if (!isJsonObject(json) || !isPlainObject(value)) return 0
  let count = 0
  for (const name of Object.keys(json)) {
    if (report?.full === true) return count
    if (json[name] === undefined) continue
    const mark = report?.mark ?? 0
    if (Object.hasOwn(value, name)) count += weighDropped(json[name], value[name], report)
    else {
      count += weightOf(json[name])
      report?.refuse('is not declared', 'no such property')
    }
    report?.within(mark, name.toWellFormed())
  }
  return count
}

function inItems(json: readonly unknown[], items: readonly unknown[], report?: Report): number {
  let count = 0
  for (const [index, item] of items.entries()) {
    const mark = report?.mark ?? 0
    count += weighDropped(json[index], item, report)
    report?.within(mark, String(index))
  }
  return count
}

/** An object that is lost is more than a scalar. Not looked into: what nothing declares may be nested without end. */
function weightOf(json: unknown): number {
  return typeof json === 'object' && json !== null ? 1 + Object.keys(json).length : 1
}

/** Maps and sets keep the order of the arrays that they were made from. */
function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value instanceof Map || value instanceof Set ? [...value] : []
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isJsonObject(value) && Object.getPrototypeOf(value) === Object.prototype
}
