/** What the browser runs. */

import { createKernel } from '@mizan/base'
import { createElement } from 'react'
import { hydrateRoot } from 'react-dom/client'

import { HydratedPage } from './hydrated-page.ts'

const root = document.querySelector('#root')
const state = JSON.parse(document.querySelector('#state')?.textContent ?? '')
if (root) hydrateRoot(root, createElement(HydratedPage, { kernel: createKernel({ state }) }))
