/** The token under which services get the database. */

import type { Database } from '@mizan/db'
import { defineToken, type Token } from '@mizan/server'
import type * as schema from '../db/schema.ts'

/** The board's database, typed by its schema. */
export type BoardDatabase = Database<typeof schema>

export const Db: Token<BoardDatabase> = defineToken<BoardDatabase>('Db')
