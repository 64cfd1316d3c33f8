/** Prints a fresh pair of keys for reads at the edge. */

import { createTokenKeys } from './token-keys.ts'

const { server, edge } = createTokenKeys()
console.log(
  `for the server, a secret:\nMWT_KEYS='${server}'\n\nfor the Worker:\nMWT_KEYS='${edge}'`,
)
