/** The render worker: components of both libraries behind one renderer. Built by Vite, because Bun does not compile them. */

import { type RenderFunction, startWorker } from '@mizan/ssr/worker'
import { type SveltePage, svelteRenderer } from '@mizan/ssr/svelte'
import { vueRenderer } from '@mizan/ssr/vue'
import { createMizan } from '@mizan/vue'
import type { Component } from 'vue'
import Root from './svelte/Root.svelte'
import SvelteLanding from './svelte/LandingPage.svelte'
import VueLanding from './vue/LandingPage.vue'

type Page =
  | { readonly library: 'vue'; readonly component: Component }
  | { readonly library: 'svelte'; readonly component: SveltePage }

const vue = vueRenderer({
  install: (app, kernel) => app.use(createMizan(kernel, { serverPrefetch: true })),
})
const svelte = svelteRenderer({ root: Root })
const render: RenderFunction<Page> = (page, request) =>
  page.library === 'vue' ? vue(page.component, request) : svelte(page.component, request)

startWorker<Page>({
  components: {
    VueLanding: { library: 'vue', component: VueLanding },
    SvelteLanding: { library: 'svelte', component: SvelteLanding },
  },
  render,
})
