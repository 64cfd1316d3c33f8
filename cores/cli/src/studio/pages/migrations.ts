/** Migrations: which are applied, which are proved and read, and what their way back does not bring back. */

import type { Migration } from '@mizan/db/migrate'
import { migrationStatus, readAllMigrations } from '@mizan/db/migrate'
import { hrefOf, type Html, markup } from '../html.ts'
import { alertOf, tableOf } from '../layout.ts'
import { StudioRefusal } from '../engine.ts'
import type { StudioPage } from '../place.ts'
import { messageOf } from '../message-of.ts'

export const migrationsPage: StudioPage = async ({ dialect, migrations }) => {
  const all = await readAllMigrations(migrations)
  const status = await migrationStatus({ migrations, dialect }).catch(messageOf)
  const state = ({ id }: Migration): string => {
    if (typeof status === 'string') return 'not known'
    const applied = status.applied.find((one) => one.id === id)
    if (applied !== undefined) return `applied, batch ${applied.batch}`
    if (status.reverting?.id === id)
      return `taken back to step ${status.reverting.done} of ${status.reverting.steps}`
    return status.partial?.id === id
      ? `step ${status.partial.done} of ${status.partial.steps}`
      : 'pending'
  }
  return {
    title: 'Migrations',
    body: markup` ${typeof status === 'string' && alertOf(status)}
    ${
      all.length === 0
        ? markup`<p>There are none; <code>mizan db generate &lt;name&gt;</code> writes the first.</p>`
        : tableOf(
            `${all.length} migrations`,
            ['migration', 'state', 'steps', 'proof', 'review', 'down does not bring back'],
            all
              .toReversed()
              .map((one) => [
                markup`<a href="${hrefOf('/migration', { id: one.id })}">${one.id}</a>`,
                state(one),
                one.up.map((step) => step.kind).join(', '),
                proofOf(one),
                one.meta.review?.hash === one.hash ? 'read' : 'not read',
                one.meta.proof?.losses.join('; ') ?? '',
              ]),
          )
    }`,
  }
}

/** The scripts of one migration. */
export const migrationPage: StudioPage = async ({ migrations }, given) => {
  const id = given.get('id') ?? ''
  const one = (await readAllMigrations(migrations)).find((each) => each.id === id)
  if (one === undefined) throw new StudioRefusal(`There is no migration "${id.slice(0, 80)}"`)
  return {
    title: one.id,
    body: markup`<p>${proofOf(one)}</p>
      ${scriptOf('Up', one.up)} ${scriptOf('Down', one.down)}`,
  }
}

function proofOf({ hash, meta }: Migration): string {
  if (meta.hash !== hash) return 'edited since it was sealed'
  const { proof } = meta
  if (proof?.hash !== hash) return 'none'
  const rows = proof.rows.length === 0 ? 'without rows' : `with rows in ${proof.rows.join(', ')}`
  return `${proof.engine.name} ${proof.engine.version}: up, down, up, ${rows}`
}

function scriptOf(title: string, steps: Migration['up']): Html {
  return markup`<h2>${title}</h2>
    ${steps.length === 0 && markup`<p>Nothing to do.</p>`}
    ${steps.map(
      ({ kind, statements }, index) =>
        markup`<h3>Step ${index + 1}: ${kind}</h3>
          ${statements.map((sql) => markup`<pre tabindex="0"><code>${sql};</code></pre>`)}`,
    )}`
}
