/** Who is told of a streamed page that failed when part of it was sent. */

import { defineToken, type Token } from '@mizan/server'

/** Is told which component, and what happened. */
export type OnLateFailure = (component: string, error: unknown) => void

/** Provided by the plugin. */
export const LateFailures: Token<OnLateFailure> = defineToken<OnLateFailure>('LateFailures')
