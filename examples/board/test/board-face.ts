/** How tests find their way on the main page, which each library draws a little differently. */

import type { Locator, Page } from 'playwright-core'
import type { BuildBoard } from './board-in-browser.ts'

export interface BoardFace {
  /** As it is called in the names of tests. */
  readonly library: string
  readonly build: BuildBoard
  path(projectId: number): string
  /** Sees to it that what is written next goes into this column. @returns where its title is written */
  prepareTitle(page: Page, column: string): Promise<Locator>
  /** Sends what was written, without a script. */
  send(page: Page, title: Locator): Promise<void>
  /** What of a card has the focus while it is moved. */
  handle(card: Locator): Locator
  /** The key that moves the card of a focused handle one column on. */
  readonly keyOfMove: string
  /** The heading of who is signed out. */
  readonly signedOut: string
}

/** A column by its name. */
export function column(page: Page, name: string): Locator {
  return page.getByRole('region', { name: new RegExp(`^${name}`) })
}

export function card(page: Page, id: string): Locator {
  return page.locator(`[data-task="${id}"]`)
}

/** The id of the first card in a column. */
export async function firstCard(page: Page, name: string): Promise<string> {
  const id = await column(page, name).locator('[data-task]').first().getAttribute('data-task')
  if (id === null) throw new Error(`${name} has no card`)
  return id
}

export const reactFace: Omit<BoardFace, 'build'> = {
  library: 'React',
  path: (projectId) => `/projects/${projectId}`,
  prepareTitle: async (page, name) => page.getByLabel(`Add a task to ${name}`),
  send: (_page, title) => title.press('Enter'),
  handle: (one) => one.locator('.card-title'),
  keyOfMove: 'Alt+ArrowRight',
  signedOut: 'Who is working today?',
}

/** @param library as in the path */
export function libraryFace(library: 'vue' | 'svelte'): Omit<BoardFace, 'build'> {
  return {
    library: library === 'vue' ? 'Vue' : 'Svelte',
    path: (projectId) => `/with/${library}/projects/${projectId}/`,
    async prepareTitle(page, name) {
      await page.getByLabel('Column', { exact: true }).selectOption({ label: name })
      return page.getByLabel('What is to be done')
    },
    send: (page) => page.getByRole('button', { name: 'Add' }).click(),
    handle: (one) => one.getByRole('combobox'),
    keyOfMove: 'ArrowDown',
    signedOut: 'You are signed out',
  }
}
