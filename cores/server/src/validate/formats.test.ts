import { processorTime, shortest } from '@mizan/testing/resources'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formats } from './formats.ts'
import { isDate, parseDateTime } from './rfc3339.ts'

const accepts = (format: string, text: string): boolean => formats.get(format)?.test(text) ?? false

describe('date-time', () => {
  test.each([
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '2024-02-29T12:00:00.123456+05:30',
    '2020-01-01T00:00:00-00:00',
  ])('%s is one', (text) => {
    expect(accepts('date-time', text)).toBe(true)
  })

  test.each([
    '2023-02-29T12:00:00Z',
    '2100-02-29T12:00:00Z',
    '2020-13-01T00:00:00Z',
    '2020-04-31T00:00:00Z',
    '2020-01-01T24:00:00Z',
    '2020-01-01 00:00:00Z',
    '2020-01-01T00:00:00',
    '2020-01-01T00:00Z',
    '2020-01-01T00:00:00+24:00',
    '10000-01-01T00:00:00Z',
    '-0001-01-01T00:00:00Z',
    '２０２０-01-01T00:00:00Z',
    '2020-01-01T00:00:00Z\n',
    `2020-01-01T00:00:00.${'0'.repeat(1000)}Z`,
  ])('%s is none', (text) => {
    expect(accepts('date-time', text)).toBe(false)
  })

  test.each([
    '2020-12-31T23:59:60Z',
    '2020-01-01t00:00:00z',
    '0000-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
  ])('%s is one, but no Date holds it as it is written', (text) => {
    expect(accepts('date-time', text)).toBe(true)
    expect(parseDateTime(text)).toBeUndefined()
  })

  test('every Date of the years 0 to 9999 comes back from its wire form', () => {
    const dates = fc.date({
      min: new Date('0000-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseDateTime(date.toISOString())).toEqual(date)
      }),
    )
  })

  test('a date exists exactly when the calendar has it', () => {
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(15), fc.nat(33), (year, month, day) => {
        const digits = (value: number, length: number): string =>
          String(value).padStart(length, '0')
        const date = new Date(0)
        date.setUTCFullYear(year, month - 1, day)
        const exists =
          date.getUTCFullYear() === year &&
          date.getUTCMonth() === month - 1 &&
          date.getUTCDate() === day
        expect(isDate(`${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`)).toBe(exists)
      }),
    )
  })
})

test.each([
  ['email', 'a.b+c@mail.example.com', true],
  ['email', 'a@b', false],
  ['email', 'a..b@example.com', false],
  ['email', 'a@-example.com', false],
  ['email', 'a@example.com, b@example.com', false],
  ['email', `${'a'.repeat(250)}@example.com`, false],
  ['uuid', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', true],
  ['uuid', '6ba7b8109dad11d180b400c04fd430c8', false],
  ['uri', 'https://example.com/a?b=c#d', true],
  ['uri', 'mailto:me@example.com', true],
  ['uri', '/relative', false],
  ['uri', 'https://example.com/a b', false],
  ['uri', 'https://example.com/%zz', false],
  ['idn-email', 'äöü@exämple.de', true],
  ['idn-email', 'äöü@-exämple.de', false],
  ['hostname', `${'a.'.repeat(126)}a`, true],
  ['hostname', `${'a.'.repeat(127)}a`, false],
  ['ipv6', 'fe80::1%eth0', false],
  ['time', '23:59:60Z', true],
  ['time', '22:59:60Z', false],
  ['duration', 'P1Y2D', false],
  ['uri-template', 'https://example.com/{user}/{?page,size*}', true],
])('%s: %s is %s', (format, text, expected) => {
  expect(accepts(format, text)).toBe(expected)
})

test('no format takes long for a long text', async () => {
  const texts = [
    'a'.repeat(100_000),
    `${'a.'.repeat(50_000)}@`,
    `a@${'a.'.repeat(50_000)}`,
    `a:${'%41'.repeat(50_000)}\n`,
  ]
  const cost = (): Promise<number> =>
    processorTime(() => {
      for (const text of texts) for (const { test: accept } of formats.values()) accept(text)
    })
  expect(await shortest(cost, { under: 1_000 })).toBeLessThan(1_000)
})
