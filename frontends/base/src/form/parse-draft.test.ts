import { describe, expect, it } from 'vitest'

import type { FieldDescriptor } from '../form-descriptor.ts'
import { toDraft, toItem } from './draft.ts'
import type { FieldRule } from './field-problem.ts'
import { parseDraft } from './parse-draft.ts'

type Field = Partial<FieldDescriptor> & Pick<FieldDescriptor, 'kind'>

function parsed(field: Field, draft: unknown): unknown {
  const rules: FieldRule[] = []
  const value = parseDraft({ wire: 'x', required: true, ...field }, draft, {
    path: 'x',
    report: ({ rule }) => rules.push(rule),
  })
  return rules.length > 0 ? rules : value
}

describe('what stands in an input', () => {
  it.each<[Field, unknown, unknown]>([
    [{ kind: 'text' }, '', ''],
    [{ kind: 'text', required: false }, '', ''],
    [{ kind: 'text', nullable: true }, '', null],
    [{ kind: 'text', required: false, format: 'email' }, '', undefined],
    [{ kind: 'text', format: 'email' }, 'ada', ['format']],
    [{ kind: 'text', pattern: 'b' }, 'abc', 'abc'],
    [{ kind: 'text', pattern: '^b' }, 'abc', ['pattern']],
    [{ kind: 'text', maxLength: 1 }, '😀', '😀'],
    [{ kind: 'number' }, ' 1.5 ', 1.5],
    [{ kind: 'number' }, '1,5', ['number']],
    [{ kind: 'number' }, '0x10', ['number']],
    [{ kind: 'number', step: 0.1 }, '0.3', 0.3],
    [{ kind: 'number', above: 0 }, '0', ['above']],
    [{ kind: 'number', required: false }, '', undefined],
    [{ kind: 'bigint' }, '9007199254740993', 9007199254740993n],
    [{ kind: 'bigint' }, '1.5', ['bigint']],
    [{ kind: 'date' }, '2026-01-02', new Date('2026-01-02T00:00:00Z')],
    [{ kind: 'date' }, 'soon', ['date']],
    [{ kind: 'boolean' }, undefined, false],
    [{ kind: 'boolean', required: false }, undefined, undefined],
    [{ kind: 'choice', options: [1, 2] }, '2', 2],
    [{ kind: 'choice', options: [1, 2] }, '3', ['choice']],
    [{ kind: 'choice', options: [1], nullable: true }, '', null],
    [{ kind: 'file', maxBytes: 1 }, new File(['ab'], 'a'), ['maxBytes']],
    [{ kind: 'file', accept: ['image/*'] }, new File([''], 'a', { type: 'text/x' }), ['accept']],
    [
      { kind: 'list', required: false, item: { kind: 'text', wire: '', required: true } },
      [],
      undefined,
    ],
    [
      { kind: 'list', unique: true, item: { kind: 'number', wire: '', required: true } },
      ['1', '1.0'].map(toItem),
      ['unique'],
    ],
    [
      {
        kind: 'group',
        required: false,
        fields: [{ kind: 'number', wire: 'a', required: true }],
      },
      { a: '' },
      undefined,
    ],
  ])('%o holding %o gives %o', (field, draft, expected) => {
    expect(parsed(field, draft)).toEqual(expected)
  })

  it('shows a value as an input would hold it', () => {
    const date: FieldDescriptor = { kind: 'date', wire: 'x', required: true }
    expect(parsed(date, toDraft(date, new Date('2026-01-02T10:30:15.5Z')))).toEqual(
      new Date('2026-01-02T10:30:15.5Z'),
    )
  })
})
