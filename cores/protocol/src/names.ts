/** Names on the wire: camelCase in TypeScript, snake_case in JSON, URLs and headers (PROTOCOL section 1). */

const wirePattern = /^[a-z][a-z0-9_]*$/

/** Whether `text` may travel as a function, context, argument or param name. */
export function isWireName(text: string): boolean {
  return wirePattern.test(text)
}

/**
 * Converts a TypeScript name to its wire name: `userID` → `user_id`, `parseHTTPUrl` → `parse_http_url`.
 *
 * @returns `null` when the name has no wire form (`_private`, `$id`, `naïve`); registration then fails.
 * @see PROTOCOL section 1
 */
export function toWireName(name: string): string | null {
  const wire = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
  return /^[\x20-\x7e]*$/.test(name) && isWireName(wire) ? wire : null
}

/** Converts a wire name to the camelCase name that generated code uses: `user_id` → `userId`. */
export function fromWireName(wire: string): string {
  return wire.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
