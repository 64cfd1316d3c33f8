/** Reads the compiler's types into ours; what cannot cross the wire is a problem with place, path and way out. */

import { ts } from 'ts-morph'
import { type NamedType, scalar, type TypeNode, unionOf, withoutVoid } from '../ir/type.ts'
import { libraryTypeOf } from './library-types.ts'
import { type NameWish, namingOf, settleNames } from './named-types.ts'
import { readShape } from './object-types.ts'
import { docOf, type Reading } from './reading.ts'
import { readTemplate } from './template-types.ts'
import { readWritten } from './written-types.ts'

/** Where a type is used: problems in it are reported there. */
export interface TypePlace {
  readonly node: ts.Node
  /** From the argument or the result inwards: `result.items[].url`. */
  readonly path: string
}

/** A type nested deeper than this grows without end. */
const maximumDepth = 40

/** Reads the types of one run; types that keep their name are read once. */
export class TypeReader {
  readonly reading: Reading
  readonly #named = new Map<ts.Type, NamedType>()
  readonly #aliases = new Map<ts.Symbol, NamedType>()
  readonly #wishes: NameWish[] = []
  readonly #open: ts.Type[] = []
  #tooDeep = false

  constructor(reading: Reading) {
    this.reading = reading
  }

  /** Reads `type` as it is used at `place`; `node` is how the source writes it, if it does. */
  read(type: ts.Type, place: TypePlace, node?: ts.TypeNode): TypeNode {
    const written = node === undefined ? undefined : readWritten({ type, node, place, types: this })
    if (written !== undefined) return written
    const known = this.#named.get(type)
    if (known !== undefined) return { kind: 'ref', target: known }
    const simple = this.#readSimple(type, place)
    if (simple !== undefined) return simple
    if (this.#open.length >= maximumDepth) return this.#stop(type, place)
    const naming = namingOf(type, this.reading)
    // A type without a name that contains itself gets one.
    const name = naming?.name ?? (this.#open.includes(type) ? 'Recursive' : undefined)
    if (name === undefined) return this.#readOpen(type, place)
    const named = this.#define(type, name, naming?.symbol)
    this.#named.set(type, named)
    named.type = this.#readOpen(type, place)
    return { kind: 'ref', target: named }
  }

  /** Reads a type under the name of an alias that the checker has forgotten. */
  readAlias(type: ts.Type, alias: ts.Symbol, place: TypePlace): TypeNode {
    const known = this.#aliases.get(alias)
    if (known !== undefined) return { kind: 'ref', target: known }
    const named = this.#define(type, alias.name, alias)
    this.#aliases.set(alias, named)
    named.type = this.#readOpen(type, place)
    return { kind: 'ref', target: named }
  }

  /** Reports a type that cannot cross; `unknown` stands for it in the rest of the run, which writes nothing. */
  refuse(place: TypePlace, problem: string): TypeNode {
    this.reading.report(place.node, `${place.path} ${problem}`)
    return scalar.unknown
  }

  /** Gives the named types their final names. */
  settle(reserved: ReadonlySet<string>): void {
    settleNames(this.#wishes, reserved)
  }

  #define(type: ts.Type, wanted: string, symbol: ts.Symbol | undefined): NamedType {
    const doc = symbol === undefined ? undefined : docOf(symbol, this.reading.checker)
    const named: NamedType = {
      name: '',
      type: scalar.unknown,
      ...(doc === undefined ? {} : { doc }),
    }
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName
    this.#wishes.push({
      type: named,
      wanted,
      file: file === undefined ? '' : this.reading.project.relativePath(file),
      detail: this.reading.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation),
    })
    return named
  }

  #readOpen(type: ts.Type, place: TypePlace): TypeNode {
    this.#open.push(type)
    try {
      return type.isUnion() ? this.#readUnion(type, place) : this.#readStructure(type, place)
    } finally {
      this.#open.pop()
    }
  }

  #stop(type: ts.Type, place: TypePlace): TypeNode {
    if (this.#tooDeep) return scalar.unknown
    this.#tooDeep = true
    const text = this.reading.checker.typeToString(type).slice(0, 60)
    const path = place.path.length > 60 ? `${place.path.slice(0, 60)}…` : place.path
    return this.refuse(
      { node: place.node, path },
      `grows without end (${text}); a generic type must not nest itself`,
    )
  }

  /** Types without parts, and the ones that can be refused at first sight. */
  #readSimple(type: ts.Type, place: TypePlace): TypeNode | undefined {
    const { flags } = type
    if (flags & ts.TypeFlags.Any) return this.#readAny(type, place)
    if (flags & ts.TypeFlags.Unknown) return scalar.unknown
    if (flags & ts.TypeFlags.Null) return scalar.null
    if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return scalar.void
    if (flags & ts.TypeFlags.Boolean) return scalar.boolean
    if (flags & ts.TypeFlags.BigIntLike) return scalar.bigint
    if (flags & ts.TypeFlags.EnumLike) return undefined
    if (flags & (ts.TypeFlags.String | ts.TypeFlags.StringMapping)) return scalar.string
    if (flags & ts.TypeFlags.TemplateLiteral) return readTemplate(type, place, this)
    if (flags & ts.TypeFlags.Number) return scalar.number
    if (type.isLiteral() && typeof type.value !== 'object')
      return { kind: 'literal', value: type.value }
    if (flags & ts.TypeFlags.BooleanLiteral) return { kind: 'literal', value: isTrue(type) }
    if (flags & ts.TypeFlags.NonPrimitive)
      return { kind: 'object', properties: [], index: scalar.unknown }
    if (flags & ts.TypeFlags.ESSymbolLike)
      return this.refuse(place, 'is a symbol, which cannot cross; use a string')
    if (flags & ts.TypeFlags.Never)
      return this.refuse(place, 'is never, which has no values; remove it')
    if (flags & (ts.TypeFlags.TypeParameter | ts.TypeFlags.Instantiable)) {
      const text = this.reading.checker.typeToString(type)
      return this.refuse(
        place,
        `depends on the type parameter ${text}; a client needs one definite type`,
      )
    }
    return undefined
  }

  #readAny(type: ts.Type, place: TypePlace): TypeNode {
    const { intrinsicName } = type as ts.Type & { readonly intrinsicName?: string } // cast: internal, but stable
    return intrinsicName === 'error'
      ? this.refuse(place, 'has a type that could not be resolved; see what tsc says about it')
      : scalar.unknown
  }

  #readUnion(type: ts.UnionType, place: TypePlace): TypeNode {
    const nodes = withWholeEnums(type, this.reading.checker).map((member) =>
      this.read(member, place),
    )
    const hasBoth = [true, false].every((value) =>
      nodes.some((node) => node.kind === 'literal' && node.value === value),
    )
    if (!hasBoth) return unionOf(nodes)
    const others = nodes.filter(
      (node) => node.kind !== 'literal' || typeof node.value !== 'boolean',
    )
    return unionOf([...others, scalar.boolean])
  }

  #readStructure(type: ts.Type, place: TypePlace): TypeNode {
    const { checker, program } = this.reading
    if (type.isLiteral() && typeof type.value !== 'object')
      return { kind: 'literal', value: type.value }
    if (type.flags & ts.TypeFlags.Enum) return scalar.number
    if (type.isIntersection()) {
      // A brand: `string & { readonly brand: 'Email' }` is a string on the wire.
      const branded = type.types.find(
        (part) => part.flags & brandable || hasWireForm(libraryTypeOf(part, program)),
      )
      if (branded !== undefined) return this.read(branded, place)
    }
    if (checker.isArrayType(type)) return this.#readArray(type, place)
    if (checker.isTupleType(type)) return this.#readTuple(type, place)
    const library = libraryTypeOf(type, program)
    if (library === undefined) return readShape(type, place, this)
    if ('refused' in library) {
      return this.refuse(
        place,
        `is ${withArticle(library.refused)}, which cannot cross; ${library.wayOut}`,
      )
    }
    const [first, second] = this.#argumentsOf(type)
    if (library.kind === 'set') return { kind: 'set', item: this.#part(first, place, '[]') }
    if (library.kind !== 'map') return scalar[library.kind]
    return {
      kind: 'map',
      key: this.#part(first, place, '<key>'),
      value: this.#part(second, place, '<value>'),
    }
  }

  #readArray(type: ts.Type, place: TypePlace): TypeNode {
    const [item] = this.#argumentsOf(type)
    return {
      kind: 'array',
      item: this.#part(item, place, '[]'),
      readonly: type.getSymbol()?.name === 'ReadonlyArray',
    }
  }

  #readTuple(type: ts.Type, place: TypePlace): TypeNode {
    const { target } = type as ts.TupleTypeReference // cast: checked by isTupleType
    const parts = this.#argumentsOf(type).map((part, index) => ({
      flags: target.elementFlags[index] ?? ts.ElementFlags.Required,
      type: this.#part(part, place, `[${index}]`),
    }))
    const rest = parts.find((part) => part.flags & ts.ElementFlags.Variable)
    if (rest !== undefined && parts.at(-1) !== rest) {
      return this.refuse(place, 'has items after a rest element; put the rest element last')
    }
    return {
      kind: 'tuple',
      readonly: target.readonly,
      items: parts
        .filter((part) => part !== rest)
        .map((part) => {
          const optional = (part.flags & ts.ElementFlags.Optional) !== 0
          return { type: optional ? withoutVoid(part.type).type : part.type, optional }
        }),
      ...(rest === undefined ? {} : { rest: rest.type }),
    }
  }

  #argumentsOf(type: ts.Type): readonly ts.Type[] {
    return this.reading.checker.getTypeArguments(type as ts.TypeReference) // cast: arrays, tuples, Map and Set are references
  }

  #part(type: ts.Type | undefined, place: TypePlace, step: string): TypeNode {
    return type === undefined
      ? scalar.unknown
      : this.read(type, { node: place.node, path: `${place.path}${step}` })
  }
}

function hasWireForm(library: ReturnType<typeof libraryTypeOf>): boolean {
  return library !== undefined && 'kind' in library
}

const brandable =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.BigIntLike

function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
}

function isTrue(type: ts.Type): boolean {
  return (type as ts.Type & { readonly intrinsicName?: string }).intrinsicName === 'true' // cast: internal, but stable
}

/** The members of a union as they were written: adding `undefined` to an alias flattens it, but keeps its origin. */
function constituentsOf(type: ts.UnionType): readonly ts.Type[] {
  const { origin } = type as ts.UnionType & { readonly origin?: ts.Type } // cast: internal; without it names are lost, not types
  return origin !== undefined && origin.isUnion() ? origin.types : type.types
}

/** Puts together the members of an enum of which a union has all: `Level | undefined` flattens it. */
function withWholeEnums(type: ts.UnionType, checker: ts.TypeChecker): readonly ts.Type[] {
  const members = constituentsOf(type)
  // The enum itself: its members are what is asked for.
  if (type.flags & ts.TypeFlags.EnumLiteral) return members
  const wholes = new Map<ts.Type, ts.Type[]>()
  for (const member of members) {
    if (!(member.flags & ts.TypeFlags.EnumLiteral) || member.isUnion()) continue
    const whole = checker.getBaseTypeOfLiteralType(member)
    wholes.set(whole, [...(wholes.get(whole) ?? []), member])
  }
  const replaced = new Set<ts.Type>()
  const found: ts.Type[] = []
  for (const [whole, parts] of wholes) {
    if (!whole.isUnion() || whole.types.length !== parts.length) continue
    parts.forEach((part) => replaced.add(part))
    found.push(whole)
  }
  return [...members.filter((member) => !replaced.has(member)), ...found]
}
