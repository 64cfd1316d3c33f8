/** Settles the names of named types: who gets a name that two want. */

import { createHash } from 'node:crypto'
import { type NamedType, partsOf, type TypeNode } from '../ir/type.ts'
import { compareText } from '../problem.ts'
import { pascalCase } from './type-words.ts'

/** A named type, where it was declared, and the name it would like. */
export interface NameWish {
  readonly type: NamedType
  readonly wanted: string
  /** Of the declaration, relative to the project. */
  readonly file: string
}

interface TakenNames {
  has(name: string): boolean
  add(name: string): void
}

/**
 * Gives every type its name. Where two want the same, or generated code needs it, the module's name is put before it
 * (`AdminTask`), and a digest of its shape behind it when that is taken too. Depends on nothing but the wishes.
 */
export function settleNames(
  wishes: readonly NameWish[],
  isReserved: (name: string) => boolean,
): void {
  const groups = new Map<string, NameWish[]>()
  for (const wish of wishes) {
    const group = groups.get(wish.wanted)
    if (group === undefined) groups.set(wish.wanted, [wish])
    else group.push(wish)
  }
  const given = new Set<string>()
  const taken: TakenNames = {
    has: (name) => given.has(name) || isReserved(name),
    add: (name) => given.add(name),
  }
  const clashes: NameWish[] = []
  for (const [wanted, group] of [...groups].sort(([a], [b]) => compareText(a, b))) {
    const [only] = group
    if (group.length === 1 && only !== undefined && !taken.has(wanted)) assign(only, wanted, taken)
    else clashes.push(...group)
  }
  if (clashes.length === 0) return
  const longNames = createLongNames(clashes)
  const outline = createOutline(wishes)
  const order = clashes
    .map((wish) => ({ wish, shape: outline(wish.type.type) }))
    .sort(
      (a, b) =>
        compareText(a.wish.wanted, b.wish.wanted) ||
        compareText(a.wish.file, b.wish.file) ||
        compareText(a.shape, b.shape),
    )
  for (const { wish, shape } of order) {
    const long = longNames.get(wish)
    const isFree = long !== undefined && !taken.has(long)
    const name = isFree ? long : `${wish.wanted}${digest(`${wish.file} ${shape}`)}`
    assign(wish, unused(name, taken), taken)
  }
}

/**
 * Names with as much of the path before them as tells the files apart: `AdminTask`. Instantiations of one declaration have
 * none: neither has more right to it than the other.
 */
function createLongNames(clashes: readonly NameWish[]): ReadonlyMap<NameWish, string> {
  const names = new Map<NameWish, string>()
  for (const wish of clashes) {
    const others = clashes.filter((other) => other !== wish && other.wanted === wish.wanted)
    const parts = partsOfPath(wish.file)
    const enough = parts.findIndex((_part, index) =>
      others.every((other) => ending(partsOfPath(other.file), index) !== ending(parts, index)),
    )
    if (enough >= 0) names.set(wish, `${pascalCase(ending(parts, enough))}${wish.wanted}`)
  }
  return names
}

/** `src/admin.ts` as `admin`, `src`. */
function partsOfPath(file: string): string[] {
  return file
    .replace(/\.[^/]*$/, '')
    .split('/')
    .reverse()
}

function ending(parts: readonly string[], index: number): string {
  return parts
    .slice(0, index + 1)
    .reverse()
    .join('/')
}

/** Two types of one shape, or of one name in files of one name, remain: they are counted. */
function unused(name: string, taken: TakenNames, count = 2): string {
  if (!taken.has(name)) return name
  const numbered = `${name}N${count}`
  return taken.has(numbered) ? unused(name, taken, count + 1) : numbered
}

/** Writes down the shape of a type, with other named types by name: it tells apart instantiations of one declaration. */
function createOutline(wishes: readonly NameWish[]): (type: TypeNode) => string {
  const owners = new Map(wishes.map((wish) => [wish.type, `${wish.wanted} ${wish.file}`]))
  const outline = (type: TypeNode): string => {
    if (type.kind === 'ref') return owners.get(type.target) ?? ''
    const parts = partsOf(type).map(outline)
    if (type.kind === 'union') parts.sort(compareText)
    const own =
      type.kind === 'literal'
        ? JSON.stringify(type.value)
        : type.kind === 'template'
          ? type.pattern
          : type.kind === 'object'
            ? type.properties.map(({ name, optional }) => `${name}${optional ? '?' : ''}`).join()
            : ''
    return `${type.kind}(${own})[${parts.join()}]`
  }
  return outline
}

function assign(wish: NameWish, name: string, taken: TakenNames): void {
  wish.type.name = name
  taken.add(name)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
