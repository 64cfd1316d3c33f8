import { expect, test } from 'vitest'
import { redirect } from './index.ts'

test.each([
  ['/tasks/5/', '/tasks/5/'],
  ['?page=2', '?page=2'],
  ['next/', 'next/'],
  ['/é?x=ü', '/%C3%A9?x=%C3%BC'],
  ['/a%20b?next=https://x.test//y', '/a%20b?next=https://x.test//y'],
])('a text is a place on this site: %s', (text, location) => {
  expect(redirect(text).headers.get('location')).toBe(location)
})

test.each([
  'https://evil.test/',
  'HTTPS:evil.test',
  '//evil.test/',
  '/\\evil.test/',
  '\\\\evil.test',
  ' //evil.test',
  'javascript:alert(1)',
  'data:text/html,x',
  'x:y',
])('a text that leads elsewhere is refused: %s', (text) => {
  expect(() => redirect(text)).toThrow(/leads to another site/)
})

test.each(['/a\r\nset-cookie: x=y', '/\t/evil.test', '/\u0000'])(
  'control characters are refused: %j',
  (text) => {
    expect(() => redirect(text)).toThrow(/control characters/)
  },
)

test('a URL leads where it says, if that is a place of the web', () => {
  expect(redirect(new URL('https://id.example/login?x=1'), 302).headers.get('location')).toBe(
    'https://id.example/login?x=1',
  )
  expect(() => redirect(new URL('javascript:alert(1)'))).toThrow(/javascript: is no place/)
})
