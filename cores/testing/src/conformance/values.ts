/** PROTOCOL section 3: values. */

import type { Section } from './conformance-case.ts'

export const values: Section = [
  '3 Values',
  [
    {
      rule: 'Date, bigint, bytes, Set and Map have their one JSON form in both directions',
      async check(talk) {
        const treasure = {
          at: '2026-01-02T03:04:05.006Z',
          big: '9007199254740993',
          bytes: 'AP8=',
          tags: ['a', 'b'],
          counts: [['x', 1]],
        }
        const answer = await talk.call('polish', { treasure })
        answer.is({
          result: {
            at: '2026-01-02T03:04:05.007Z',
            big: '9007199254740994',
            bytes: '/wA=',
            tags: ['A', 'B'],
            counts: [['x', 2]],
          },
        })
      },
    },
    {
      rule: 'an optional property that is absent stays absent',
      async check(talk) {
        const treasure = {
          at: '2026-01-02T03:04:05.006Z',
          big: '0',
          bytes: '',
          tags: [],
          counts: [],
        }
        const without = await talk.call('polish', { treasure })
        without.hasStatus(200).expect(!without.text.includes('note'), 'no note')
        const given = await talk.call('polish', { treasure: { ...treasure, note: 'n' } })
        given.hasStatus(200).expect(given.text.includes('"note":"n"'), 'the note')
      },
    },
    {
      rule: 'what is not the form of its type is VALIDATION_FAILED',
      async check(talk) {
        const fine = {
          at: '2026-01-02T03:04:05.006Z',
          big: '1',
          bytes: 'AA==',
          tags: [],
          counts: [],
        }
        const wrong = [
          { at: 'yesterday' },
          { at: '2026-02-30T00:00:00.000Z' },
          { at: 5 },
          { big: 5 },
          { big: '5.5' },
          { big: '' },
          { bytes: '%' },
          { tags: 'ab' },
          { tags: [1] },
          { counts: { x: 1 } },
          { counts: [['x', 'one']] },
        ]
        for (const change of wrong) {
          const answer = await talk.call('polish', { treasure: { ...fine, ...change } })
          answer.isError(422, 'VALIDATION_FAILED')
        }
      },
    },
    {
      rule: 'text of any script arrives as it was sent',
      async check(talk) {
        const text = 'Grüße, 世界 👋 \u2028 "quoted" \\ \u0001'
        const answer = await talk.call('echo', { text })
        answer.is({ result: text })
      },
    },
  ],
]
