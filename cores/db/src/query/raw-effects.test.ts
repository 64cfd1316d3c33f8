import { RawNode } from 'kysely'
import { expect, test } from 'vitest'
import { rawEffects } from './raw-effects.ts'

const effects = (isStatement: boolean, text: string) =>
  rawEffects(RawNode.createWithSql(text), isStatement)

test('a statement reads only when its text holds nothing that could change something', () => {
  for (const text of [
    'select 1',
    'select count(*) from t where id in (1, 2)',
    'select lower(a), now() from t for update',
    'explain select 1',
    'values (1)',
  ])
    expect([text, effects(true, text)]).toEqual([text, 'read'])
  for (const text of [
    'update t set a = 1',
    'with gone as (delete from t returning id) select * from gone',
    'explain analyze delete from t',
    'select * into copied from t',
    'select archive_everything()',
    'select public.archive(1)',
    'select "archive"(1)',
    'select архив()',
    'pragma user_version = 1',
    '/* select */ vacuum',
  ])
    expect([text, effects(true, text)]).toEqual([text, 'write'])
})

test('a fragment of operators does nothing; words do, unless they are of the language', () => {
  for (const text of ['', ' + ', 'desc nulls last', '::', '(1, 2)', ' is not null'])
    expect([text, effects(false, text)]).toEqual([text, 'no'])
  expect(effects(false, 'now()')).toBe('read')
  expect(effects(false, '(select count(*) from t)')).toBe('read')
  expect(effects(false, 'asnull()')).toBe('write')
  expect(effects(false, 'ж()')).toBe('write')
  expect(effects(false, 'delete from t returning id')).toBe('write')
  expect(effects(false, 'limit 1 for no key update')).toBe('read')
})
