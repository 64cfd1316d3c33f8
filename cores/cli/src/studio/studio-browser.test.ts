import { sqlite } from '@mizan/db-sqlite'
import { browser } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { dbProject, sqliteIsThere } from '../../test/db-project.ts'
import { sqliteEngine } from './engines/sqlite.ts'
import { startStudio } from './start-studio.ts'

test.skipIf(!sqliteIsThere)(
  'in a browser: from the printed URL to rows, along a reference, to a plan; by keyboard and without a script',
  async () => {
    await using project = await dbProject('sqlite')
    await project.people('name: text()')
    await project.db('generate', 'people')
    await project.db('migrate', 'latest')
    const file = `${project.root}/.mizan/data.sqlite`
    const { DatabaseSync } = await import('node:sqlite')
    using database = new DatabaseSync(file)
    database.exec(
      `create table pets (id integer primary key, owner integer references people (id));
       insert into people (name) values ('Ada <b>'), ('Grace'); insert into pets (owner) values (2)`,
    )
    await using studio = await startStudio(
      {
        dialect: sqlite({ url: file }),
        engine: sqliteEngine,
        migrations: `${project.root}/migrations`,
      },
      { onError: (error) => expect.unreachable(String(error)) },
    )
    await using chromium = await browser()
    const context = await chromium.browser.newContext()
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => void complaints.push(message.text()))
    page.on('pageerror', (error) => void complaints.push(error.message))
    page.on('requestfailed', (request) => void complaints.push(request.url()))

    await page.goto(studio.url)
    await page.getByRole('heading', { name: 'Tables' }).waitFor()
    // The token is gone from the address.
    expect(new URL(page.url()).search).toBe('')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content')

    await page.getByRole('link', { name: 'pets', exact: true }).click()
    await page.getByRole('link', { name: '2', exact: true }).click()
    await page.getByRole('cell', { name: 'Grace' }).waitFor()
    expect(await page.getByRole('cell', { name: 'Ada' }).count()).toBe(0)
    await page.getByRole('combobox', { name: 'Column' }).selectOption('name')
    await page.getByRole('combobox', { name: 'Filter' }).selectOption('contains')
    await page.getByRole('textbox', { name: 'Value' }).fill('<b>')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('cell', { name: 'Ada <b>' }).waitFor()

    await page.getByRole('link', { name: 'Relations' }).click()
    await page.getByRole('cell', { name: 'owner' }).waitFor()
    // The style was let in: boxes are where they were put, and lines are drawn.
    expect(await page.locator('svg rect').count()).toBe(2)
    expect(await page.evaluate(`getComputedStyle(document.querySelector('svg g path')).fill`)).toBe(
      'none',
    )

    await page.getByRole('link', { name: 'Explain' }).click()
    await page.getByLabel('A SELECT').fill('select * from pets join people on people.id = owner')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByRole('list', { name: 'Plan' }).getByText('SCAN pets').waitFor()
    await page.getByLabel('A SELECT').fill('delete from pets')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByRole('alert').waitFor()

    await page.getByRole('link', { name: 'Migrations' }).click()
    await page.getByRole('cell', { name: 'applied, batch 1' }).waitFor()
    expect(complaints.filter((text) => !text.includes('400 (Bad Request)'))).toEqual([])
    // Another browser that only knows the address gets nothing.
    const stranger = await (await chromium.browser.newContext()).newPage()
    expect((await stranger.goto(new URL('/', studio.url).href))?.status()).toBe(403)
  },
)
