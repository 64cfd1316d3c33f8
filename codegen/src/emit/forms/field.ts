/** From a type to the field that fills it in. */

import type { ArtifactUpload } from '@mizan/protocol'
import type { DocumentedValue, NamedType, ObjectType, TypeNode } from '../../ir/type.ts'
import { flatten } from '../../ir/wire-form.ts'

/** A field as `FieldDescriptor` of `@mizan/base` has it. */
export type FieldDescriptor = Readonly<Record<string, unknown>>

/** What has to be filled in. */
export interface FieldSource extends DocumentedValue {
  readonly type: TypeNode
}

/** What a field is told by what it stands in. */
export interface FieldPlace {
  readonly wire: string
  readonly required: boolean
  /** What the function allows of files. */
  readonly upload: ArtifactUpload | undefined
  /** Types that the field stands in: one that holds itself is not drawn to the end. */
  readonly open?: ReadonlySet<NamedType>
}

export function fieldOf(source: FieldSource, place: FieldPlace): FieldDescriptor {
  const { keywords = {} } = source
  const members = flatten(source.type)
  const isNullable = members.some((member) => member.kind === 'null')
  const others = members.filter((member) => member.kind !== 'null' && member.kind !== 'void')
  return {
    ...shapeOf(others, source, place),
    wire: place.wire,
    required: place.required,
    ...(isNullable ? { nullable: true } : {}),
    ...labelOf(source),
    ...(keywords.default === undefined ? {} : { default: keywords.default }),
  }
}

/** The title or the first line as the label, what comes after it as the help. */
function labelOf({ doc, keywords }: DocumentedValue): FieldDescriptor {
  const [first = '', ...rest] = (doc ?? '').split('\n')
  const title = keywords?.title
  const label = title ?? first.replace(/\.$/, '')
  const help = (title === undefined ? rest.join('\n') : (doc ?? '')).trim()
  return { ...(label === '' ? {} : { label }), ...(help === '' ? {} : { help }) }
}

function shapeOf(
  members: readonly TypeNode[],
  source: FieldSource,
  place: FieldPlace,
): FieldDescriptor {
  const options = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []))
  if (options.length > 0 && options.length === members.length) return { kind: 'choice', options }
  const [only] = members
  if (only === undefined || members.length > 1) return { kind: 'json' }
  return singleOf(only, source, place)
}

function singleOf(type: TypeNode, source: FieldSource, place: FieldPlace): FieldDescriptor {
  const { keywords = {} } = source
  const { open = new Set() } = place
  switch (type.kind) {
    case 'string': {
      const { format, pattern, minLength, maxLength } = keywords
      return { kind: 'text', format, pattern, minLength, maxLength }
    }
    case 'template':
      return { kind: 'text', pattern: type.pattern }
    case 'number':
      return {
        kind: 'number',
        min: keywords.minimum,
        max: keywords.maximum,
        above: keywords.exclusiveMinimum,
        below: keywords.exclusiveMaximum,
        step: keywords.multipleOf,
      }
    case 'file': {
      const { types, maxBytes } = place.upload ?? {}
      return { kind: 'file', accept: types, maxBytes }
    }
    case 'boolean':
    case 'date':
    case 'bigint':
    case 'bytes':
      return { kind: type.kind }
    case 'array':
    case 'set': {
      const item = fieldOf({ type: type.item }, { ...place, wire: '', required: true })
      const { minItems, maxItems, uniqueItems } = keywords
      const unique = type.kind === 'set' || uniqueItems ? true : undefined
      return { kind: 'list', item, minItems, maxItems, unique }
    }
    case 'object':
      return groupOf(type, place)
    case 'ref': {
      if (open.has(type.target)) return { kind: 'json' }
      const inner = { ...place, open: new Set([...open, type.target]) }
      return shapeOf(flatten(type.target.type), { ...type.target, ...source }, inner)
    }
    default:
      return { kind: 'json' }
  }
}

/** Open records are anybody's guess. */
function groupOf(type: ObjectType, place: FieldPlace): FieldDescriptor {
  if (type.index !== undefined || type.patterns !== undefined || type.properties.length === 0)
    return { kind: 'json' }
  const fields = type.properties.map((property) =>
    fieldOf(property, { ...place, wire: property.name, required: !property.optional }),
  )
  return { kind: 'group', fields }
}
