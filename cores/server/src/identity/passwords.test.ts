import { scryptSync } from 'node:crypto'
import { shortest } from '@mizan/testing/resources'
import { describe, expect, test } from 'vitest'
import { hashPassword, needsRehash, verifyPassword } from './passwords.ts'

describe('a password', () => {
  test('is known by its hash, which is another one each time', async () => {
    const [one, two] = await Promise.all([hashPassword('open sesame'), hashPassword('open sesame')])
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword('open sesame', one)).toBe(true)
    expect(await verifyPassword('open sesame', two)).toBe(true)
    expect(await verifyPassword('open Sesame', one)).toBe(false)
    expect(await verifyPassword('', one)).toBe(false)
  })

  test('is one text, however it was typed', async () => {
    const hash = await hashPassword('caf\u00e9 \u2460')
    expect(await verifyPassword('cafe\u0301 1', hash)).toBe(true)
  })

  test('that is empty or over 1024 bytes is none', async () => {
    const hash = await hashPassword('x'.repeat(1_024))
    expect(await verifyPassword('x'.repeat(1_024), hash)).toBe(true)
    expect(await verifyPassword('x'.repeat(1_025), hash)).toBe(false)
    expect(await verifyPassword('\u20ac'.repeat(1_000), hash)).toBe(false)
    for (const password of ['', 'x'.repeat(1_025)])
      await expect(hashPassword(password)).rejects.toThrow(/1 to 1024 bytes/)
  })
})

describe('a hash', () => {
  test('of another tool that uses scrypt is understood', async () => {
    const digest = scryptSync('pleaseletmein', 'SodiumChloride', 64, { N: 16_384, r: 8, p: 1 })
    const salt = Buffer.from('SodiumChloride').toString('base64').replace(/=+$/, '')
    const text = digest.toString('base64').replace(/=+$/, '')
    const hash = `$scrypt$ln=14,r=8,p=1$${salt}$${text}`
    // RFC 7914 section 12 has the same salt and cost.
    expect(digest.toString('hex').slice(0, 16)).toBe('7023bdcb3afd7348')
    expect(await verifyPassword('pleaseletmein', hash)).toBe(true)
    expect(needsRehash(hash)).toBe(true)
  })

  test('of today needs no other', async () => {
    expect(needsRehash(await hashPassword('x'))).toBe(false)
  })

  test.each([
    'no hash',
    '',
    '$scrypt$ln=30,r=8,p=1$c2FsdA$aGFzaGhhc2hoYXNoaGFzaA',
    '$scrypt$ln=15,r=99,p=1$c2FsdA$aGFzaGhhc2hoYXNoaGFzaA',
    '$scrypt$ln=15,r=8,p=0$c2FsdA$aGFzaGhhc2hoYXNoaGFzaA',
    '$scrypt$ln=15,r=8,p=1$c2FsdA$aGFzaA',
    '$2b$10$abcdefghijklmnopqrstuv',
  ])('%j is refused, without being quoted', async (hash) => {
    const refused = verifyPassword('x', hash)
    await expect(refused).rejects.toThrow(TypeError)
    await expect(refused).rejects.toThrow(/^verifyPassword: this is no hash of hashPassword$/)
  })
})

test('somebody who does not exist takes as long as somebody who does', async () => {
  const hash = await hashPassword('x')
  const spent = async (known: string | undefined): Promise<number> => {
    const started = process.cpuUsage()
    expect(await verifyPassword('wrong', known)).toBe(false)
    const { user, system } = process.cpuUsage(started)
    return user + system
  }
  // Least of all a machine that was busy with something else made it shorter.
  const known = await shortest(() => spent(hash), { under: 0 })
  expect(await spent(undefined)).toBeGreaterThan(known / 4)
})
