/** A second page on the same functions, in Vue: one context, one mutation. */

import { createKernel, focus, tabs, tags } from '@mizan/base'
import { createMizan } from '@mizan/vue'
import { createApp } from 'vue'
import App from './App.vue'
import '../web/styles/quick.css'

createApp(App)
  .use(createMizan(createKernel({}, tabs(), focus(), tags())))
  .mount('#root')
