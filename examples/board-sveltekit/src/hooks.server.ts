/** While a page is rendered, its loads ask the board's server, as the visitor. */

import { forwardTo } from '@mizan/svelte/kit'

export const handleFetch = forwardTo(process.env['BOARD_ORIGIN'] ?? 'http://127.0.0.1:3000')
