/** The kernel of all pages: one for each render, one for the life of the page in the browser. */

import { createKernel, live, retry, singleFlight } from '@mizan/base'
import { loadKernel } from '@mizan/svelte/kit'

export const load = loadKernel({
  browser: (given) => createKernel(given, live(), retry(), singleFlight()),
})
