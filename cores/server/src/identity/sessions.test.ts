/** Sessions of browsers against a server of node:http. */

import { describe, expect, test } from 'vitest'
import { cookieOf, tokenApp } from '../../test/token-app.ts'
import type { Principal } from './principal.ts'

describe('a session', () => {
  test('that nobody used for the idle time is over; one that is used goes on to its end', async () => {
    await using served = await tokenApp({ cookie: { maxAge: 1_000, idle: 100 } })
    const used = cookieOf(await served.call('enter', { id: 'ada' }))
    const unused = cookieOf(await served.call('enter', { id: 'bob' }))
    for (let seconds = 90; seconds < 1_000; seconds += 90) {
      served.world.now += 90_000
      expect((await served.get('ctx/me/', used)).body).toEqual({ me: 'ada' })
    }
    const idle = await served.get('ctx/me/', unused)
    expect(idle.body).toEqual({ me: null })
    expect(idle.headers.getSetCookie()).toEqual([expect.stringMatching(/Max-Age=0/)])
    served.world.now += 10_000
    expect((await served.get('ctx/me/', used)).body).toEqual({ me: null })
  })

  test('that somebody planted is not the one that is signed in', async () => {
    await using served = await tokenApp()
    const planted = cookieOf(await served.call('enter', { id: 'bob' }))
    const own = cookieOf(await served.call('enter', { id: 'ada' }, planted))
    expect(own).not.toEqual(planted)
    expect((await served.get('ctx/me/', planted)).body).toEqual({ me: null })
    expect((await served.get('ctx/me/', own)).body).toEqual({ me: 'ada' })
  })
})

describe('signIn', () => {
  test('of somebody who does not exist fails in the function, before anything is committed', async () => {
    await using served = await tokenApp()
    const caught = await served.call('enter_and_catch', { id: 'nobody' })
    expect(caught.body).toMatchObject({
      result: 'TypeError: signIn("nobody"): identity.resolve knows no such principal',
    })
    expect(caught.headers.getSetCookie()).toEqual([])
    const failed = await served.call('enter', { id: 'nobody' })
    expect(failed.outcome).toBe('INTERNAL')
    expect(failed.headers.getSetCookie()).toEqual([])
  })

  test('that was tried and given up leaves whoever asked who they were', async () => {
    await using served = await tokenApp()
    const cookie = cookieOf(await served.call('enter', { id: 'ada' }))
    expect((await served.call('enter_and_catch', { id: 'nobody' }, cookie)).outcome).toBe('200')
    expect((await served.get('ctx/me/', cookie)).body).toEqual({ me: 'ada' })
  })
})

test('a principal that JSON has no form for is an error of the server, named in its log', async () => {
  const attributes = { since: new Date() }
  const resolve = async (id: string): Promise<Principal> => ({
    id,
    staff: false,
    superuser: false,
    attributes,
  })
  await using served = await tokenApp({ resolve })
  const reply = await served.call('enter', { id: 'ada' })
  expect(reply.outcome).toBe('INTERNAL')
  expect(String(served.world.failures[0])).toMatch(
    'TypeError: identity.resolve: attributes.since of a principal must be JSON, got Date',
  )
})

describe('guards', () => {
  test('say 401 to nobody and 403 to somebody', async () => {
    await using served = await tokenApp()
    expect((await served.call('staff_only')).outcome).toBe('UNAUTHORIZED')
    const ada = cookieOf(await served.call('enter', { id: 'ada' }))
    expect((await served.call('staff_only', {}, ada)).outcome).toBe('FORBIDDEN')
    const stella = cookieOf(await served.call('enter', { id: 'stella' }))
    expect((await served.call('staff_only', {}, stella)).outcome).toBe('200')
  })

  test('that throw admit nobody', async () => {
    await using served = await tokenApp()
    const ada = cookieOf(await served.call('enter', { id: 'ada' }))
    expect((await served.call('guard_fails')).outcome).toBe('UNAUTHORIZED')
    expect((await served.call('guard_fails', {}, ada)).outcome).toBe('INTERNAL')
    expect((await served.call('guard_refuses', {}, ada)).outcome).toBe('NOT_FOUND')
    expect((await served.call('guard_says_one', {}, ada)).outcome).toBe('FORBIDDEN')
    expect(served.world.runs).toBe(0)
  })
})
