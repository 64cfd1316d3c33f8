/** Takes the rendered page over. */

import { hydrate } from 'svelte'
import { openLibraryPage } from '../../board/src/web/library-page.ts'
import App from './App.svelte'
import '../../board/src/web/styles/library.css'

const target = document.getElementById('root')
if (target === null) throw new TypeError('the document has no element with the id "root"')

hydrate(App, { target, props: openLibraryPage() })
