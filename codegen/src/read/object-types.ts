/** Objects by their properties: interfaces, literals, classes, intersections, records, and what mapped types make. */

import { ts } from 'ts-morph'
import {
  type ObjectType,
  type PatternIndex,
  type Property,
  type TypeNode,
  withoutVoid,
} from '../ir/type.ts'
import { compareText } from '../problem.ts'
import { valueDocumentationOf } from './documentation.ts'
import { extendedLibraryType } from './library-types.ts'
import { mappedPropertyOf } from './mapped-properties.ts'
import { numberPattern, readTemplate } from './template-types.ts'
import type { TypePlace, TypeReader } from './types.ts'
import { writtenType } from './written-types.ts'

/** Reads an object type. */
export function readShape(type: ts.Type, place: TypePlace, types: TypeReader): TypeNode {
  const { checker, program } = types.reading
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) {
    return types.refuse(
      place,
      'is a function, which cannot cross; pass data, or mark the function with client',
    )
  }
  const properties = propertiesOf(type, checker)
  const toJson = properties.find((property) => property.name === 'toJSON')
  const [signature] =
    toJson === undefined ? [] : checker.getTypeOfSymbol(toJson).getCallSignatures()
  if (signature !== undefined) return readJson(type, signature, { place, types })
  const library = extendedLibraryType(type, checker, program)
  if (library !== undefined) {
    return types.refuse(
      place,
      `extends ${library.name}, of which only its own data could cross; pass a plain object with the data alone`,
    )
  }
  const hidden = checker.getPropertiesOfType(type).find(isHiddenData)
  if (hidden !== undefined) {
    return types.refuse(
      place,
      `has ${hidden.name}, which only TypeScript hides: it would cross; declare it #${hidden.name}, or pass a plain object with the data alone`,
    )
  }
  return {
    kind: 'object',
    properties: properties.map((property) => readProperty(property, place, types)),
    ...readIndexes(type, place, types),
  }
}

/** What `toJSON` returns is what crosses; an argument would be that, without the class around it. */
function readJson(
  type: ts.Type,
  signature: ts.Signature,
  { place, types }: { readonly place: TypePlace; readonly types: TypeReader },
): TypeNode {
  const read = { ...types.read(signature.getReturnType(), place) }
  const name = types.reading.checker.typeToString(type)
  types.resultOnly.set(
    read,
    `is ${name}, and what arrives is what its toJSON returns; take that, and make the ${name} of it`,
  )
  return read
}

/** The values under names that are not listed. */
function readIndexes(
  type: ts.Type,
  place: TypePlace,
  types: TypeReader,
): Pick<ObjectType, 'index' | 'patterns'> {
  const { checker } = types.reading
  const patterns: PatternIndex[] = []
  let index: TypeNode | undefined
  for (const info of checker.getIndexInfosOfType(type)) {
    const key = info.keyType
    if (key.flags & ts.TypeFlags.ESSymbolLike) continue
    const text = checker.typeToString(key)
    const node = info.declaration?.type
    const read = withoutVoid(types.part(info.type, place, { step: `[${text}]`, node })).type
    const pattern = patternOfKey(key, place, types)
    if (pattern === undefined) index = read
    else patterns.push({ text, pattern, type: read })
  }
  return {
    ...(index === undefined ? {} : { index }),
    ...(patterns.length === 0
      ? {}
      : { patterns: patterns.sort((a, b) => compareText(a.pattern, b.pattern)) }),
  }
}

/** The pattern of names; `undefined` for any name. */
function patternOfKey(key: ts.Type, place: TypePlace, types: TypeReader): string | undefined {
  if (key.flags & ts.TypeFlags.Number) return `^${numberPattern}$`
  if (!(key.flags & ts.TypeFlags.TemplateLiteral)) return undefined
  const read = readTemplate(key, place, types)
  return read.kind === 'template' ? read.pattern : undefined
}

function readProperty(property: ts.Symbol, place: TypePlace, types: TypeReader): Property {
  const { checker } = types.reading
  const inside: TypePlace = { node: place.node, path: `${place.path}.${property.name}` }
  const misplaced = whyNoData(property)
  const read =
    misplaced === undefined
      ? types.read(checker.getTypeOfSymbol(property), inside, writtenType(property))
      : types.refuse(inside, misplaced)
  const { type: present, optional } = withoutVoid(read)
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
  return {
    name: property.name,
    type: present,
    optional: optional || isOptional,
    readonly: isReadonly(property),
    ...(optional && !isOptional && present.kind !== 'void' ? { undefinable: true } : {}),
    ...valueDocumentationOf({ symbol: property, type: present, path: inside.path }, types.reading),
  }
}

function isReadonly(property: ts.Symbol): boolean {
  const mapped = mappedPropertyOf(property)
  if (mapped !== undefined) return mapped.readonly
  return (property.declarations ?? []).some(
    (item) => (ts.getCombinedModifierFlags(item) & ts.ModifierFlags.Readonly) !== 0,
  )
}

/** The properties that JSON has a place for, as declared. */
export function propertiesOf(type: ts.Type, checker: ts.TypeChecker): ts.Symbol[] {
  return ordered(checker.getPropertiesOfType(type).filter(isVisible))
}

/** Methods are no data, and what a class computes on its prototype is left out of JSON. */
function whyNoData(property: ts.Symbol): string | undefined {
  if (property.name === '__proto__')
    return 'would set the prototype of objects instead of a value of theirs; give the property another name'
  if (property.flags & ts.SymbolFlags.Method)
    return 'is a method, which cannot cross; return a plain object with the data alone'
  const isComputed =
    (property.flags & ts.SymbolFlags.Accessor) !== 0 &&
    property.declarations?.some((item) => ts.isAccessor(item) && ts.isClassLike(item.parent))
  return isComputed
    ? 'is computed by the class, which JSON leaves out; return a plain object, or give the class a toJSON'
    : undefined
}

/** Without private and protected members, symbols and names such as `#own`: JSON has no place for them. */
function isVisible(property: ts.Symbol): boolean {
  const name = String(property.escapedName)
  return !name.startsWith('__@') && !name.startsWith('__#') && !isHidden(property)
}

function isHidden(property: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  return (property.declarations ?? []).some((item) => ts.getCombinedModifierFlags(item) & hidden)
}

/** Private and protected fields are there at run time, like all others. */
function isHiddenData(property: ts.Symbol): boolean {
  return isHidden(property) && (property.flags & ts.SymbolFlags.Property) !== 0
}

/**
 * As declared, wherever that was. The checker's own order follows the ids of types when a union of keys is involved
 * (Pick, Omit), and with it the order in which files were loaded.
 */
function ordered(properties: readonly ts.Symbol[]): ts.Symbol[] {
  return [...properties].sort((a, b) => {
    const [first, second] = [a.declarations?.[0], b.declarations?.[0]]
    if (first === undefined || second === undefined) {
      return (
        Number(first === undefined) - Number(second === undefined) || compareText(a.name, b.name)
      )
    }
    return (
      compareText(first.getSourceFile().fileName, second.getSourceFile().fileName) ||
      first.pos - second.pos ||
      compareText(a.name, b.name)
    )
  })
}
