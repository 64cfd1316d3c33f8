/** The page as a browser gets it. */

export { createKernel } from '@mizan/base'
export { mount, unmount } from 'svelte'

export { default as Page } from './Page.svelte'
export { default as Reading } from './Reading.svelte'
export { default as User } from './User.svelte'
export { default as WithoutProvider } from './WithoutProvider.svelte'
