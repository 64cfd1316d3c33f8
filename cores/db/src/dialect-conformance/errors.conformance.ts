/** What the database refuses is a typed error that says what to do. */

import { inspect } from 'node:util'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import {
  CheckViolationError,
  ConstraintViolationError,
  ForeignKeyViolationError,
  NotNullViolationError,
  QueryError,
  UniqueViolationError,
} from '../index.ts'
import type { DialectBench } from './bench.conformance.ts'
import { projects, tasks } from '../test-schema.conformance.ts'

export function testErrors({ db, next, addProject }: DialectBench): void {
  describe('errors', () => {
    test('a key that exists is a UniqueViolationError', async () => {
      const slug = next()
      await addProject(slug)
      const error = await db
        .insert(projects)
        .values({ slug })
        .execute()
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(UniqueViolationError)
      expect(error).toMatchObject({ code: 'unique_violation' })
    })

    test('a reference to nothing is a ForeignKeyViolationError', async () => {
      await expect(
        db.insert(tasks).values({ projectId: 999_999, title: 'x' }).execute(),
      ).rejects.toBeInstanceOf(ForeignKeyViolationError)
    })

    test('a missing value is a NotNullViolationError that names the column', async () => {
      const error: unknown = await db
        .insert(projects)
        .values({ slug: null as never })
        .execute()
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(NotNullViolationError)
      expect((error as NotNullViolationError).columns).toEqual(['slug'])
    })

    test('a row against a check is a CheckViolationError', async () => {
      await expect(
        db.insert(projects).values({ slug: next(), budget: '-1' }).execute(),
      ).rejects.toBeInstanceOf(CheckViolationError)
    })

    test('anything else is a QueryError with the statement and without its parameters', async () => {
      const error: unknown = await sql`select ${'secret'} from nowhere`
        .execute(db)
        .catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(QueryError)
      expect((error as QueryError).sql).toContain('nowhere')
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret')
    })

    test('an error, its cause and their stacks hold no row', async () => {
      const slug = `secret-${next()}`
      await addProject(slug)
      for (const row of [{ slug }, { slug: `${slug}2`, budget: '-1' }]) {
        const error: unknown = await db
          .insert(projects)
          .values(row)
          .execute()
          .catch((caught: unknown) => caught)
        expect(error).toBeInstanceOf(ConstraintViolationError)
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret')
      }
    })
  })
}
