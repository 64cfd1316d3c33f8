/** Why something did not work, in words for the reader of the page. */

import { MizanError } from '@mizan/base'

/** What a function of the board refuses, it refuses in a sentence; a connection that fails tells of addresses instead. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof MizanError)) return 'Something went wrong'
  return error.code === 'UNAVAILABLE' ? 'The server does not answer' : error.message
}
