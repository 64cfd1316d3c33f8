/** What JSDoc says: text, deprecation and examples of everything, and of values the schema keywords that tags stand for. */

import { ts } from 'ts-morph'
import type { Documented, DocumentedValue, TagKeywords, TypeNode } from '../ir/type.ts'
import { exampleOf, fits, type KeywordProblem, valueOfText, wordsFor } from './documented-values.ts'
import { mappedPropertyOf } from './mapped-properties.ts'
import { docOf, type Reading } from './reading.ts'
import { type Constrained, holdsConstrained, subjectOf } from '../ir/constrained.ts'
import { meantTag, shownText, tagRules } from './tag-rules.ts'

/** What stands above a function, a channel or a type. */
export function documentationOf(symbol: ts.Symbol, reading: Reading): Documented {
  const doc = docOf(symbol, reading.checker)
  const tags = tagsOf(symbol)
  const deprecated = tags.find(({ name }) => name === 'deprecated')?.text
  const examples = tags.flatMap(({ name, text }) =>
    name === 'example' && text !== '' ? [text] : [],
  )
  return {
    ...(doc === undefined ? {} : { doc }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(examples.length === 0 ? {} : { examples }),
  }
}

/** Something with a type that JSDoc may constrain. */
export interface DocumentedSlot {
  readonly symbol: ts.Symbol
  readonly type: TypeNode
  /** Such as `rename: argument title`. */
  readonly path: string
}

/** What stands above a property, an argument or a named type; what does not fit its type is a problem at the tag. */
export function valueDocumentationOf(slot: DocumentedSlot, reading: Reading): DocumentedValue {
  const documented = documentationOf(slot.symbol, reading)
  const tags = tagsOf(slot.symbol)
  if (tags.length === 0) return documented
  const keywords = keywordsOf(tags, slot, reading)
  return Object.keys(keywords).length === 0 ? documented : { ...documented, keywords }
}

/** Whether a tag of the symbol constrains its values. */
export function isConstrained(symbol: ts.Symbol): boolean {
  return tagsOf(symbol).some(({ name }) => tagRules.has(name) && name !== 'title')
}

interface Tag {
  readonly name: string
  readonly text: string
  readonly node: ts.JSDocTag
}

/** Tags of packages were not written for this compiler. */
function tagsOf(symbol: ts.Symbol): readonly Tag[] {
  const { declarations } = symbol
  if (declarations === undefined) return []
  return declarations.flatMap((declaration) => {
    const tags = ts.getJSDocTags(declaration)
    if (tags.length === 0 || declaration.getSourceFile().fileName.includes('/node_modules/'))
      return []
    return tags
      .filter((tag) => !ts.isJSDocParameterTag(tag))
      .map((node) => ({
        node,
        name: node.tagName.text,
        text: (ts.getTextOfJSDocComment(node.comment) ?? '').replaceAll('\r\n', '\n').trim(),
      }))
  })
}

function keywordsOf(tags: readonly Tag[], slot: DocumentedSlot, reading: Reading): TagKeywords {
  const found: Record<string, unknown> = {}
  const examples: unknown[] = []
  // What is said of the title is not about the flag that a mapped type made of it.
  const isMapped = mappedPropertyOf(slot.symbol) !== undefined
  for (const tag of tags) {
    const report = (problem: string): void =>
      reading.report(tag.node, `${slot.path}: @${tag.name} ${problem}`)
    const meant = meantTag(tag.name)
    if (meant !== undefined) report(`is written @${meant}`)
    if (tag.name === 'deprecated') found['deprecated'] = true
    else if (tag.name === 'example') examples.push(...exampleOf(tag.text, slot.type))
    else if (tag.name === 'default') {
      const read = defaultOf(tag.text, slot.type)
      if ('value' in read) found['default'] = read.value
      else if (!isMapped) report(read.problem)
    } else {
      const read = constraintOf(tag, slot.type)
      if (read === undefined) continue
      if ('problem' in read) {
        if (!isMapped) report(read.problem)
      } else if (Object.hasOwn(found, tag.name) && found[tag.name] !== read.value)
        report('stands here twice')
      else found[tag.name] = read.value
    }
  }
  const [last] = tags.slice(-1)
  const contradiction = contradictionIn(found)
  if (contradiction !== undefined && last !== undefined)
    reading.report(last.node, `${slot.path}: ${contradiction}`)
  return { ...found, ...(examples.length === 0 ? {} : { examples }) }
}

function constraintOf(
  { name, text }: Tag,
  type: TypeNode,
): { readonly value: unknown } | KeywordProblem | undefined {
  const parse = tagRules.get(name)
  if (parse === undefined) return undefined
  const subject = subjectOf(name as keyof TagKeywords) // cast: the table's names are keywords
  if (subject !== 'any' && !holdsConstrained(type, subject)) {
    return { problem: `is about ${subjects[subject]}, and the type is ${wordsFor(type)}` }
  }
  return parse(text)
}

const subjects: Readonly<Record<Constrained, string>> = {
  text: 'strings',
  number: 'numbers',
  list: 'arrays',
  record: 'records',
}

function defaultOf(text: string, type: TypeNode): { readonly value: unknown } | KeywordProblem {
  const value = valueOfText(text, type)
  return value !== undefined && fits(value, type)
    ? { value }
    : { problem: `must be ${wordsFor(type)}, got ${shownText(text)}; use @defaultValue for words` }
}

const bounds: readonly (readonly [lower: string, upper: string])[] = [
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
  ['minimum', 'maximum'],
]

function contradictionIn(found: Readonly<Record<string, unknown>>): string | undefined {
  for (const [lower, upper] of bounds) {
    if (Number(found[lower]) > Number(found[upper]))
      return `@${lower} ${String(found[lower])} is above @${upper} ${String(found[upper])}, so that no value is left`
  }
  const above = Number(found['minimum'] ?? found['exclusiveMinimum'])
  const below = Number(found['exclusiveMaximum'] ?? found['maximum'])
  const isOpen = found['exclusiveMaximum'] !== undefined || found['minimum'] === undefined
  return above > below || (isOpen && above === below)
    ? `its bounds ${above} and ${below} leave no value`
    : undefined
}
