/** Which values a message must not repeat: an answer travels through proxies, logs and error trackers. */

/** Anywhere in a name, written without separators: `accessToken`, `old_password`. */
const parts: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'secret',
  'token',
  'credential',
  'authorization',
  'apikey',
  'privatekey',
  'cookie',
]

/** Only as a whole word of a name: `pin` is one in `cardPin`, not in `spinning`. */
const words: ReadonlySet<string> = new Set(['pin', 'otp', 'cvc', 'cvv', 'ssn', 'iban', 'pwd'])

/** Whether a property or argument of this name holds a secret, as far as its name tells. */
export function isSecretName(name: string): boolean {
  const spelt = name.slice(0, 100)
  const joined = spelt.replace(/[_\s-]/g, '').toLowerCase()
  if (parts.some((part) => joined.includes(part))) return true
  return spelt
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[_\s-]/)
    .some((word) => words.has(word))
}
