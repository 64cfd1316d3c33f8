/** The identity of the app that runs the current function. */

import { defineToken, type Token } from '../services.ts'
import type { Identity } from './identity-options.ts'

/** Provided by `createApp({ identity })`; for the functions of this package that run inside an application's. */
export const CurrentIdentity: Token<Identity> = defineToken('identity')
