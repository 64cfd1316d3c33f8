import { expect, test } from 'vitest'
import { toHeaderRecord } from './to-header-record.ts'

const request = new Request('http://own.example/path', {
  headers: { accept: 'text/plain', 'x-one': '1' },
})

test('a header is read by its lower-case name, and is the own property of a record', () => {
  const record = toHeaderRecord(request)
  expect([record['accept'], record['x-two']]).toEqual(['text/plain', undefined])
  expect([Object.hasOwn(record, 'accept'), Object.hasOwn(record, 'x-two')]).toEqual([true, false])
  expect(Object.fromEntries(Object.entries(record))).toEqual({
    accept: 'text/plain',
    'x-one': '1',
    host: 'own.example',
  })
})

test('what cannot be the name of a header is none', () => {
  const record = toHeaderRecord(request)
  for (const name of [':authority', '', 'a b', '__proto__', 'constructor', 'toString']) {
    expect([record[name], Object.hasOwn(record, name)], name).toEqual([undefined, false])
  }
})

test('what middleware changes is what is read', () => {
  const changed = new Request(request)
  const record = toHeaderRecord(changed)
  changed.headers.delete('accept')
  changed.headers.set('x-two', '2')
  expect([record['accept'], record['x-two']]).toEqual([undefined, '2'])
  expect(Object.keys(record).sort()).toEqual(['host', 'x-one', 'x-two'])
})

test('the record itself cannot be changed', () => {
  const record = toHeaderRecord(request) as Record<string, unknown> // cast: to try it
  expect(() => {
    record['accept'] = 'text/html'
  }).toThrow(TypeError)
  expect(record['accept']).toBe('text/plain')
})
