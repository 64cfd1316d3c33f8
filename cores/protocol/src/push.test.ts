import { expect, test } from 'vitest'
import { signPush, verifyPush } from './push.ts'

const secret = 'a-push-secret-of-at-least-32-bytes!!'
const body = '{"invalidate":["user"],"changed":[]}'
const now = 1_700_000_000_000

test('what was signed verifies, for five minutes', async () => {
  const header = await signPush(secret, body, now)
  expect(header).toMatch(/^t=1700000000,v1=[0-9a-f]{64}$/)
  expect(await verifyPush(secret, { header, body, now })).toBe('ok')
  expect(await verifyPush(secret, { header, body, now: now + 299_000 })).toBe('ok')
  expect(await verifyPush(secret, { header, body, now: now + 301_000 })).toBe('expired')
  expect(await verifyPush(secret, { header, body, now: now - 301_000 })).toBe('expired')
})

test('while a secret is being changed either one will do', async () => {
  const [time, mac] = (await signPush(secret, body, now)).split(',')
  const other = (await signPush(`${secret}2`, body, now)).split(',')[1]
  const header = `${time},${other},${mac}`
  expect(await verifyPush(secret, { header, body, now })).toBe('ok')
})

test('another body, secret or time is forged', async () => {
  const header = await signPush(secret, body, now)
  expect(await verifyPush(secret, { header, body: `${body} `, now })).toBe('forged')
  expect(await verifyPush(`${secret}2`, { header, body, now })).toBe('forged')
  const later = header.replace('t=1700000000', 't=1700000001')
  expect(await verifyPush(secret, { header: later, body, now })).toBe('forged')
})

test.each([null, '', 't=1700000000', 'v1=00', 't=x,v1=00', `t=1,${'v1=00,'.repeat(5)}v1=00`])(
  '%s is no signature',
  async (header) => {
    expect(await verifyPush(secret, { header, body, now })).toBe('malformed')
  },
)
