/** Where the tables of a picture of relations stand: what is referred to to the left of what refers. */

import type { ForeignKeySnapshot, TableSnapshot } from '@mizan/db'

/** A table in the picture. */
export interface PlacedTable {
  readonly name: string
  /** The columns that keys are made of. */
  readonly columns: readonly string[]
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A reference in the picture. */
export interface PlacedRelation {
  readonly from: string
  readonly to: string
  readonly key: ForeignKeySnapshot
  /** Of an SVG path. */
  readonly path: string
}

/** The whole picture. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly tables: readonly PlacedTable[]
  readonly relations: readonly PlacedRelation[]
}

const sizes = { width: 210, line: 18, gap: 26, aisle: 110, edge: 12 } as const

/** Columns of tables by how far they are from a table that refers to nothing; in each, by name. */
export function layOut(tables: readonly TableSnapshot[]): Picture {
  const ranks = ranksOf(tables)
  const heights: number[] = []
  const placed = new Map<string, PlacedTable>()
  for (const table of tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const rank = ranks.get(table.name) ?? 0
    const columns = keyColumns(table)
    const y = heights[rank] ?? sizes.edge
    const height = (columns.length + 1) * sizes.line + 10
    const x = sizes.edge + rank * (sizes.width + sizes.aisle)
    placed.set(table.name, { name: table.name, columns, x, y, width: sizes.width, height })
    heights[rank] = y + height + sizes.gap
  }
  const relations = tables.flatMap((table) =>
    table.foreignKeys.flatMap((key): PlacedRelation[] => {
      const [from, to] = [placed.get(table.name), placed.get(key.table)]
      if (from === undefined || to === undefined) return []
      return [{ from: from.name, to: to.name, key, path: pathBetween(from, to, key) }]
    }),
  )
  return {
    width: Math.max(0, ...[...placed.values()].map(({ x }) => x)) + sizes.width + sizes.aisle / 2,
    height: Math.max(sizes.line, ...heights.filter((one) => one !== undefined)),
    tables: [...placed.values()],
    relations,
  }
}

/** The longest way to a table that refers to nothing; a circle is cut where it is met. */
function ranksOf(tables: readonly TableSnapshot[]): ReadonlyMap<string, number> {
  const byName = new Map(tables.map((table) => [table.name, table]))
  const ranks = new Map<string, number>()
  const rank = (name: string, above: ReadonlySet<string>): number => {
    const known = ranks.get(name)
    if (known !== undefined) return known
    const own = new Set([...above, name])
    const below = (byName.get(name)?.foreignKeys ?? [])
      .map((key) => key.table)
      .filter((one) => byName.has(one) && !own.has(one))
      .map((one) => rank(one, own) + 1)
    const result = Math.max(0, ...below)
    ranks.set(name, result)
    return result
  }
  for (const name of [...byName.keys()].toSorted()) rank(name, new Set())
  return ranks
}

function keyColumns(table: TableSnapshot): readonly string[] {
  const names = new Set([
    ...table.primaryKey,
    ...table.foreignKeys.flatMap((key) => [...key.columns]),
  ])
  return table.columns.map(({ name }) => name).filter((name) => names.has(name))
}

function pathBetween(from: PlacedTable, to: PlacedTable, key: ForeignKeySnapshot): string {
  const row = (table: PlacedTable, column: string | undefined): number =>
    table.y + (table.columns.indexOf(column ?? '') + 1.5) * sizes.line
  const [start, end] = [row(from, key.columns[0]), row(to, key.references[0])]
  if (from.x > to.x) {
    const right = to.x + to.width
    const middle = (from.x + right) / 2
    return `M ${from.x} ${start} C ${middle} ${start} ${middle} ${end} ${right} ${end}`
  }
  // To itself, or against the direction of reading: around the right side.
  const bow = Math.max(from.x + from.width, to.x + to.width) + sizes.aisle / 3
  return `M ${from.x + from.width} ${start} C ${bow} ${start} ${bow} ${end} ${to.x + to.width} ${end}`
}
