/** The page as a server renders it. */

export { render } from 'svelte/server'

export { default as Page } from './Page.svelte'
