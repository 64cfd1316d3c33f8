/** Databases for the tests of an application. */

export {
  createTestDb,
  type TestDb,
  type TestDbOptions,
  type TestDbMigrate,
} from './testing/create-test-db.ts'
