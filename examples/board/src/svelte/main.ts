/** A third page on the same functions, in Svelte: one context, one mutation. */

import { createKernel, focus, tabs, tags } from '@mizan/base'
import { mount } from 'svelte'
import App from './App.svelte'
import '../web/styles/quick.css'

const target = document.getElementById('root')
if (target === null) throw new TypeError('svelte.html has no element with the id "root"')

mount(App, { target, props: { kernel: createKernel({}, tabs(), focus(), tags()) } })
