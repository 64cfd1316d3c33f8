/** Takes the rendered page over. */

import { createKernel, readState, singleFlight } from '@mizan/base'
import { createMizan } from '@mizan/vue'
import { createSSRApp } from 'vue'
import LandingPage from './LandingPage.vue'

const state = readState()
const kernel = createKernel(state ? { state } : {}, singleFlight())
createSSRApp(LandingPage).use(createMizan(kernel)).mount('#root')
