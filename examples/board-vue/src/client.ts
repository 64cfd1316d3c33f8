/** Takes the rendered page over. */

import { createMizan } from '@mizan/vue'
import { createSSRApp } from 'vue'
import { openLibraryPage } from '../../board/src/web/library-page.ts'
import App from './App.vue'
import '../../board/src/web/styles/library.css'

const { page, kernel, outbox } = openLibraryPage()
createSSRApp(App, { page, outbox }).use(createMizan(kernel)).mount('#root')
