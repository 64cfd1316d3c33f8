/** A page with developer tools; bundled for a browser. */

import { devtools, openDevtools } from '../src/devtools/index.ts'
import { createKernel } from '../src/kernel.ts'
import { taskContext, updateTask } from './board-client.ts'

const kernel = createKernel({}, devtools())
const main = document.body.appendChild(document.createElement('main'))
const heading = main.appendChild(document.createElement('h1'))
const show = (): void => {
  const { data, error } = kernel.read(taskContext, { taskId: 5 })
  heading.textContent = data?.taskDetail.title ?? error?.code ?? 'Loading'
}
kernel.subscribe(taskContext, { taskId: 5 }, show)
show()

const rename = main.appendChild(document.createElement('button'))
rename.textContent = 'Rename'
rename.addEventListener('click', () => {
  // Text that would be markup, if anybody took it for that.
  const title = '<img src=x onerror="document.title=1">'
  void kernel.call(updateTask, { taskId: 5, title }).catch(() => undefined)
})
openDevtools(kernel)
