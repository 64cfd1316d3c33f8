/** The token with which an edge in front of the server knows whose reads it may answer itself. */

import { client, obtainMwt } from '@mizan/server'

/** A token for the header `X-Mizan-Token` of reads, for who is signed in; a server without `MWT_KEYS` has none to give. */
export const mwtObtain = client(obtainMwt())
