/** Takes the rendered page over. */

import { createKernel, readState, singleFlight } from '@mizan/base'
import { hydrate } from 'svelte'
import LandingPage from './LandingPage.svelte'
import Root from './Root.svelte'

const target = document.getElementById('root')
if (target === null) throw new TypeError('the document has no element with the id "root"')

const state = readState()
const kernel = createKernel(state ? { state } : {}, singleFlight())
hydrate(Root, { target, props: { component: LandingPage, props: {}, kernel } })
