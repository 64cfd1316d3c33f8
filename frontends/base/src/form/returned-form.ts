/** A form that was sent without a script and came back: what `getFormState(fn)` says of it on the server. */

import type { ValidationIssue } from '@mizan/protocol'

import type { FieldDescriptor } from '../form-descriptor.ts'
import { type Draft, type DraftGroup, toItem } from './draft.ts'
import type { Fields } from './draft-path.ts'

/** `JSON.stringify(getFormState(fn))`. */
export interface ReturnedForm {
  readonly code: string
  readonly message: string
  readonly issues: readonly ValidationIssue[]
  /** What was typed, by the names of the inputs. Passwords and files never come back. */
  readonly values: readonly (readonly [name: string, text: string])[]
}

/** `drafts` with what was typed. */
export function withReturned(
  fields: Fields,
  drafts: DraftGroup,
  { values }: ReturnedForm,
): DraftGroup {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [
      key,
      returned(field, drafts[key], below(values, field.wire)),
    ]),
  )
}

type Values = readonly (readonly [name: string, text: string])[]

/** Those at a name, as '', and below it. */
function below(values: Values, name: string): Values {
  return values.flatMap(([key, text]) => {
    // `lines[0][count]` and `tags[]` are other spellings.
    const plain = key.replace(/\[\]$/, '').replaceAll('[', '.').replaceAll(']', '')
    if (plain === name) return [['', text] as const]
    return plain.startsWith(`${name}.`) ? [[plain.slice(name.length + 1), text] as const] : []
  })
}

function returned(field: FieldDescriptor, draft: Draft, values: Values): Draft {
  const texts = values.filter(([name]) => name === '').map(([, text]) => text)
  const { item } = field
  switch (field.kind) {
    case 'list': {
      const numbers = values.flatMap(([name]) => /^\d{1,9}(?=\.|$)/.exec(name) ?? [])
      const places = [...new Set(numbers)].sort((a, b) => Number(a) - Number(b))
      if (!item) return draft
      return [
        ...texts.map(toItem),
        ...places.map((place) => toItem(returned(item, undefined, below(values, place)))),
      ]
    }
    case 'group':
      return Object.fromEntries(
        (field.fields ?? []).map((one) => {
          // cast: the draft of a group has its fields.
          const own = (draft as DraftGroup | undefined)?.[one.wire]
          return [one.wire, returned(one, own, below(values, one.wire))]
        }),
      )
    case 'boolean':
      return texts.some((text) => text === 'on' || text === 'true' || text === '1')
    case 'file':
    case 'json':
    case 'bytes':
      return draft
    default:
      return texts.at(-1) ?? draft
  }
}
