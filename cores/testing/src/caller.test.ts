import { expect, test } from 'vitest'
import { createCaller } from './caller.ts'
import { createFixtureApp } from './fixture.ts'

test('a function is called with JSON by wire name and answers with its targets', async () => {
  await using app = createFixtureApp()
  const caller = createCaller(app)
  expect(await caller.call('rename_item', { item_id: 5, name: 'Pen' })).toEqual({
    result: null,
    invalidate: [{ context: 'item', params: { item_id: 5 } }],
  })
  const { item } = await caller.fetchContext('item', { item_id: 5, limit: undefined })
  expect(item).toEqual({ id: 5, name: 'Pen', stock: 10 })
})

test('params of every kind become the one text that a URL has for them', async () => {
  await using app = createFixtureApp()
  const params = { count: -1.5, exact: true, word: 'a&b=c é', codes: [1, 2] }
  const { spelling } = await createCaller(app).fetchContext('spelling', params)
  expect(spelling).toBe('[-1.5,true,"a&b=c é",[1,2]]')
})

test('what the server refuses is thrown with its code and details', async () => {
  await using app = createFixtureApp()
  const caller = createCaller(app)
  await expect(caller.call('take_item', { item_id: 5, count: 99 })).rejects.toMatchObject({
    code: 'OUT_OF_STOCK',
    status: 409,
    details: { itemId: 5, left: 10 },
  })
  await expect(caller.fetchContext('item')).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
})

test('a caller stays signed in, another one is somebody else', async () => {
  await using app = createFixtureApp()
  const [ada, stranger] = [createCaller(app), createCaller(app)]
  await ada.call('sign_in', { user: 'ada' })
  expect(await ada.fetchContext('global')).toEqual({ current_user: 'ada' })
  expect(await stranger.fetchContext('global')).toEqual({ current_user: null })
  await ada.call('sign_out')
  expect(await ada.fetchContext('global')).toEqual({ current_user: null })
})

test('routes answer to fetch; redirects are given back', async () => {
  await using app = createFixtureApp()
  const { fetch } = createCaller(app)
  const renamed = await fetch('/fixture/items/6/rename/?name=Cup', { method: 'POST' })
  expect([renamed.status, renamed.headers.get('location')]).toEqual([303, '/fixture/items/6/'])
  const page = await fetch('http://localhost/fixture/items/6/')
  expect(await page.text()).toBe('<!doctype html><title>Cup</title>')
})
