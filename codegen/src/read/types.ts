/** Reads the compiler's types into ours; what cannot cross the wire is a problem with place, path and way out. */

import { ts } from 'ts-morph'
import { type NamedType, scalar, type TypeNode } from '../ir/type.ts'
import { documentationOf, valueDocumentationOf } from './documentation.ts'
import { TypeIdentity } from './identity.ts'
import { libraryTypeOf } from './library-types.ts'
import { namingOf, typeArgumentsOf } from './named-types.ts'
import { readShape } from './object-types.ts'
import type { Reading } from './reading.ts'
import { inWrittenOrder } from './literal-order.ts'
import { readScalar } from './scalar-types.ts'
import { type NameWish, settleNames } from './settle-names.ts'
import { argumentsOf, readArray, readTuple } from './sequence-types.ts'
import { readUnion } from './union-types.ts'
import { readWritten } from './written-types.ts'

/** Where a type is used: problems in it are reported there. */
export interface TypePlace {
  readonly node: ts.Node
  /** From the argument or the result inwards: `result.items[].url`. */
  readonly path: string
}

/** A type that is made of more instantiations of one declaration than this grows without end. */
const maximumRepetition = 50

/** No declared type is nested as deep as this; the stack is deeper. */
const maximumDepth = 400

/** A named type, and how a later run recognises it. */
export interface Definition extends NameWish {
  /** The declaration that the type is, without type arguments; undefined for types that cannot be recognised. */
  readonly anchor?: Anchor
}

interface Anchor {
  readonly symbol: ts.Symbol
  /** Whether the type was read under a name that the checker had forgotten. */
  readonly isForgotten: boolean
}

/** What earlier runs have read. */
export interface KnownTypes {
  readonly definitions: readonly Definition[]
  readonly resultOnly: ReadonlyMap<TypeNode, string>
}

/** Reads the types of one run; types that keep their name are read once. */
export class TypeReader {
  readonly reading: Reading
  /** Types whose values are another thing when they come back from the client: why no argument can have them. */
  readonly resultOnly: Map<TypeNode, string>
  /** The named types, those known before among them. */
  readonly definitions: Definition[]
  readonly #named = new Map<ts.Type, NamedType>()
  /** Those known before, by what declares them. */
  readonly #declared = new Map<ts.Symbol, NamedType>()
  readonly #aliases = new Map<ts.Symbol, NamedType>()
  readonly #instances = new Map<string, NamedType>()
  readonly #identity: TypeIdentity
  readonly #open: ts.Type[] = []
  #grows = false

  constructor(reading: Reading, known: KnownTypes) {
    this.reading = reading
    this.#identity = new TypeIdentity(reading)
    this.resultOnly = new Map(known.resultOnly)
    this.definitions = [...known.definitions]
    for (const { type, anchor } of known.definitions) {
      if (anchor?.isForgotten) this.#aliases.set(anchor.symbol, type)
      else if (anchor !== undefined) this.#declared.set(anchor.symbol, type)
    }
  }

  /** Reads `type` as it is used at `place`; `node` is how the source writes it, if it does. */
  read(type: ts.Type, place: TypePlace, node?: ts.TypeNode): TypeNode {
    if (this.#open.length === 0) this.#grows = false
    const written = node === undefined ? undefined : readWritten({ type, node, place, types: this })
    if (written !== undefined) return written
    const known = this.#named.get(type) ?? this.#declaredAs(type)
    if (known !== undefined) return { kind: 'ref', target: known }
    const simple = readScalar(type, { place, types: this, node })
    if (simple !== undefined) return simple
    if (this.#isEndless(type)) return this.#stop(type, place)
    const naming = namingOf(type, this.reading)
    // A type without a name that contains itself gets one.
    const name = naming?.name ?? (this.#open.includes(type) ? 'Recursive' : undefined)
    if (name === undefined) return this.#readOpen(type, place)
    const same = this.#sameAs(type)
    if (same !== undefined) return { kind: 'ref', target: same }
    const named = this.#define(name, naming?.symbol, {
      isForgotten: false,
      isDeclared:
        naming !== undefined &&
        this.reading.checker.getDeclaredTypeOfSymbol(naming.symbol) === type,
    })
    this.#named.set(type, named)
    this.#remember(type, named)
    return this.#fill(named, naming?.symbol, () => this.#readOpen(type, place))
  }

  /** Reads a type under the name of an alias that the checker has forgotten. */
  readAlias(type: ts.Type, alias: ts.Symbol, place: TypePlace): TypeNode {
    const known = this.#aliases.get(alias)
    if (known !== undefined) return { kind: 'ref', target: known }
    const named = this.#define(alias.name, alias, { isForgotten: true, isDeclared: true })
    this.#aliases.set(alias, named)
    return this.#fill(
      named,
      alias,
      () =>
        readScalar(type, { place, types: this }) ??
        inWrittenOrder(this.#readOpen(type, place), alias, this.reading.checker),
    )
  }

  /** Reads what a type is made of; `step` continues the path. */
  part(type: ts.Type | undefined, place: TypePlace, { step, node }: PartOptions): TypeNode {
    const inside = { node: place.node, path: `${place.path}${step}` }
    return type === undefined ? scalar.unknown : this.read(type, inside, node)
  }

  /** Reports a type that cannot cross; `unknown` stands for it in the rest of the run, which writes nothing. */
  refuse(place: TypePlace, problem: string): TypeNode {
    this.reading.report(place.node, `${place.path} ${problem}`)
    return scalar.unknown
  }

  /** Gives the named types that are used their final names. */
  settle(used: readonly NamedType[], isReserved: (name: string) => boolean): void {
    const isUsed = new Set(used)
    settleNames(
      this.definitions.filter(({ type }) => isUsed.has(type)),
      isReserved,
    )
  }

  /** The type that an earlier run has read. */
  #declaredAs(type: ts.Type): NamedType | undefined {
    for (const symbol of [type.aliasSymbol, type.getSymbol()]) {
      const known = symbol && this.#declared.get(symbol)
      if (known === undefined || symbol === undefined) continue
      if (this.reading.checker.getDeclaredTypeOfSymbol(symbol) !== type) continue
      this.#named.set(type, known)
      return known
    }
    return undefined
  }

  #remember(type: ts.Type, named: NamedType): void {
    if (typeArgumentsOf(type, this.reading.checker).length === 0) return
    const key = this.#identity.keyOf(type)
    if (key !== undefined) this.#instances.set(key, named)
  }

  /** An instantiation that was read before: `Page<{ id: number }>` is one type wherever it is written. */
  #sameAs(type: ts.Type): NamedType | undefined {
    if (typeArgumentsOf(type, this.reading.checker).length === 0) return undefined
    const key = this.#identity.keyOf(type)
    const same = key === undefined ? undefined : this.#instances.get(key)
    if (same !== undefined) this.#named.set(type, same)
    return same
  }

  #define(
    wanted: string,
    symbol: ts.Symbol | undefined,
    { isForgotten, isDeclared }: { readonly isForgotten: boolean; readonly isDeclared: boolean },
  ): NamedType {
    const { reading } = this
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName
    const documented = symbol === undefined ? {} : documentationOf(symbol, reading)
    const named: NamedType = { name: wanted, type: scalar.unknown, ...documented }
    // A symbol that was put together of several belongs to one checker only.
    const isKept = isDeclared && symbol !== undefined && !(symbol.flags & ts.SymbolFlags.Transient)
    this.definitions.push({
      type: named,
      wanted,
      file: file === undefined ? '' : reading.project.relativePath(file),
      ...(isKept ? { anchor: { symbol, isForgotten } } : {}),
    })
    return named
  }

  #fill(named: NamedType, symbol: ts.Symbol | undefined, read: () => TypeNode): TypeNode {
    named.type = read()
    if (symbol !== undefined) {
      const slot = { symbol, type: named.type, path: named.name }
      const { keywords } = valueDocumentationOf(slot, this.reading)
      if (keywords !== undefined) named.keywords = keywords
    }
    return { kind: 'ref', target: named }
  }

  #readOpen(type: ts.Type, place: TypePlace): TypeNode {
    this.#open.push(type)
    try {
      return type.isUnion() ? readUnion(type, place, this) : this.#readStructure(type, place)
    } finally {
      this.#open.pop()
    }
  }

  /** Every level of a growing type is a new instantiation of the same declarations. */
  #isEndless(type: ts.Type): boolean {
    if (this.#grows || this.#open.length >= maximumDepth) return true
    if (this.#open.length < maximumRepetition) return false
    const symbol = declarationOf(type)
    if (symbol === undefined) return false
    return this.#open.filter((open) => declarationOf(open) === symbol).length >= maximumRepetition
  }

  #stop(type: ts.Type, place: TypePlace): TypeNode {
    if (this.#grows) return scalar.unknown
    this.#grows = true
    const text = this.reading.checker.typeToString(type).slice(0, 60)
    const path = place.path.length > 60 ? `${place.path.slice(0, 60)}…` : place.path
    return this.refuse(
      { node: place.node, path },
      `grows without end (${text}); a generic type must not nest itself`,
    )
  }

  #readStructure(type: ts.Type, place: TypePlace): TypeNode {
    const { checker, program } = this.reading
    if (type.isLiteral() && typeof type.value !== 'object')
      return { kind: 'literal', value: type.value }
    if (type.flags & ts.TypeFlags.Enum) return scalar.number
    if (type.isIntersection()) {
      const branded = brandedPart(type, this.reading)
      if (branded !== undefined) return this.read(branded, place)
    }
    if (checker.isArrayType(type)) return readArray(type, place, this)
    if (checker.isTupleType(type)) return readTuple({ type, place, types: this })
    const library = libraryTypeOf(type, program)
    if (library === undefined) return readShape(type, place, this)
    if ('refused' in library) {
      return this.refuse(
        place,
        `is ${withArticle(library.refused)}, which cannot cross; ${library.wayOut}`,
      )
    }
    const [first, second] = argumentsOf(type, checker)
    if (library.kind === 'set')
      return { kind: 'set', item: this.part(first, place, { step: '[]' }) }
    if (library.kind === 'map') {
      return {
        kind: 'map',
        key: this.part(first, place, { step: '<key>' }),
        value: this.part(second, place, { step: '<value>' }),
      }
    }
    if (library.arrivesAs === undefined) return scalar[library.kind]
    const read: TypeNode = { kind: library.kind }
    this.resultOnly.set(read, library.arrivesAs)
    return read
  }
}

/** How a part is reached and written. */
export interface PartOptions {
  readonly step: string
  readonly node?: ts.TypeNode | undefined
}

function declarationOf(type: ts.Type): ts.Symbol | undefined {
  return type.aliasSymbol ?? type.getSymbol()
}

const brandable =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.BigIntLike

/** What a brand is on the wire: `string & { readonly brand: 'Email' }` is a string. */
function brandedPart(type: ts.IntersectionType, reading: Reading): ts.Type | undefined {
  const { checker, program } = reading
  return type.types.find((part) => {
    if (part.flags & brandable || checker.isArrayType(part) || checker.isTupleType(part))
      return true
    const library = libraryTypeOf(part, program)
    return library !== undefined && 'kind' in library
  })
}

function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
}
