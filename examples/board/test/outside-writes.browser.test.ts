/** Somebody changes a row in psql while a page shows it. */

import { elapsed, shortest } from '@mizan/testing/resources'
import pg from 'pg'
import { expect, test } from 'vitest'
import { soon, startBoardInBrowser } from './board-in-browser.ts'

test('a row changed in psql is on the open page within a second, a rolled-back one on none', async () => {
  await using board = await startBoardInBrowser()
  await using here = await board.openTab('/projects/2')
  await using there = await board.openTab('/projects/3')
  for (const tab of [here, there]) {
    await tab.isLive()
    tab.log.length = 0
  }
  const psql = new pg.Client({ connectionString: board.databaseUrl })
  await psql.connect()
  try {
    const { rows } = await psql.query('select min(id) as id from tasks where project_id = 2')
    const setTitle = (title: string): Promise<unknown> =>
      psql.query('update tasks set title = $1 where id = $2', [title, rows[0].id])
    await psql.query('begin')
    await setTitle('Never committed')
    await psql.query('rollback')

    const title = here.page.locator(`#card-${rows[0].id}`)
    let turns = 0
    const untilShown = (turn: number): Promise<number> =>
      elapsed(async () => {
        turns = turn
        await setTitle(`Changed in psql, ${turn}`)
        await title.getByText(`Changed in psql, ${turn}`).waitFor()
      })
    expect(await shortest(untilShown, { under: 1_000 })).toBeLessThan(1_000)
    // Nobody was told of the first change: a page asks once for each that was committed.
    await expect
      .poll(() => here.log, soon)
      .toEqual(Array<string>(turns).fill('GET ctx/project/?project_id=2'))
    expect(there.log).toEqual([])
  } finally {
    await psql.end()
  }
})
