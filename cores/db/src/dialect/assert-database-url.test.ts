import { expect, test } from 'vitest'
import { assertDatabaseUrl } from './assert-database-url.ts'

const check = (url: unknown): (() => void) => {
  const assert: (url: unknown) => void = (given) =>
    assertDatabaseUrl(given, {
      owner: 'postgres',
      protocols: ['postgres:', 'postgresql:'],
      example: 'postgres://user:password@host:5432/database',
    })
  return () => assert(url)
}

test('a URL that is none is refused without being repeated', () => {
  for (const url of [
    'postgres://u:s3cr3t@host:99999999/x',
    'not a url s3cr3t',
    's3cr3t@host/db',
    'postgres://u:s3cr3t@[bad/x',
    'postgres://u:s3cr3t/#@127.0.0.1/x',
    'postgres://u:s3cr3t%@127.0.0.1/x',
    'mysql://u:s3cr3t@127.0.0.1/x',
  ]) {
    expect(check(url), url).toThrow(TypeError)
    expect(check(url), url).toThrow(/^((?!s3cr3t).)*$/s)
  }
  expect(check(undefined)).toThrow(/set DATABASE_URL/)
})

test('hosts, sockets and passwords with encoded characters are taken', () => {
  for (const url of [
    'postgres://u:p%40ss@127.0.0.1:5432/x',
    'postgresql://[::1]/x?sslmode=require',
    'postgres:///x?host=%2Ftmp',
    'postgres://u@/x?host=/tmp',
    'postgres://%2Fvar%2Frun/x',
    'postgres://u:p@%2Fvar%2Frun/x',
  ])
    expect(check(url), url).not.toThrow()
})
