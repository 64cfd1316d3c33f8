/** The process that a look at a SQLite file is taken in: it may be killed in the middle of a statement. */

import type { DialectPackage } from '@mizan/db'
import { onConnection } from '@mizan/db/migrate'
import { importPackage } from '../../database/import-package.ts'
import type { Question, Reply } from './messages.ts'

const [root = '', member = '', url = ''] = process.argv.slice(2)
const { DbError } = await import('@mizan/db')
// cast: what dialect packages export
const create = (await importPackage('@mizan/db-sqlite', root))[member] as (options: {
  readonly url: string
}) => DialectPackage

const reply = (message: Reply): void => void process.send?.(message)
const isOver = new Promise<void>((resolve) => process.once('disconnect', resolve))

await onConnection(create({ url }), async ({ run }) => {
  process.on('message', async ({ id, sql, parameters }: Question) => {
    try {
      reply({ id, rows: await run(sql, parameters) })
    } catch (error) {
      const code = error instanceof DbError ? error.code : 'query_failed'
      reply({ id, code, message: error instanceof Error ? error.message : String(error) })
    }
  })
  reply({ id: 0, rows: [] })
  await isOver
}).catch((error: unknown) => {
  reply({
    id: 0,
    code: 'connection',
    message: error instanceof Error ? error.message : String(error),
  })
})
process.disconnect?.()
