/** PROTOCOL section 1: names on the wire. */

import type { Section } from './conformance-case.ts'

export const names: Section = [
  '1 Names on the wire',
  [
    {
      rule: 'functions and their arguments travel in snake_case',
      async check(talk) {
        const answer = await talk.call('parse_http_url', { user_id: 'x' })
        answer.is({ result: 'x' })
      },
    },
    {
      rule: 'the TypeScript name of a function is no wire name',
      async check(talk) {
        const answer = await talk.call('parseHTTPUrl', { user_id: 'x' })
        answer.isError(404, 'NOT_FOUND')
      },
    },
    {
      rule: 'the properties of a destructured parameter are top-level arguments',
      async check(talk) {
        const answer = await talk.call('add', { left: 2, right: 3 })
        answer.is({ result: 5 })
      },
    },
    {
      rule: 'keys inside arguments and results are never renamed',
      async check(talk) {
        const record = { camelCase: 1, snake_case: 2, 'a b': { innerKey: [{ userID: 3 }] } }
        const answer = await talk.call('echo_record', { record })
        answer.is({ result: record })
      },
    },
    {
      rule: 'names that every JavaScript object has are no functions, contexts, params or arguments',
      async check(talk) {
        for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
          const call = await talk.call(name)
          call.isError(404, 'NOT_FOUND')
          const path = await talk.post(`call/${name}/`, {})
          path.isError(404, 'NOT_FOUND')
          const context = await talk.get(`ctx/${name}/`)
          context.isError(404, 'NOT_FOUND')
          const param = await talk.get(`ctx/catalog/?${name}=1`)
          param.is({ catalog_size: 999 })
          const argument = await talk.post('call/echo/', `{"text":"x","${name}":{"polluted":true}}`)
          argument.is({ result: 'x' })
        }
      },
    },
    {
      rule: 'a __proto__ key in a value changes no object but its own',
      async check(talk) {
        const answer = await talk.post(
          'call/',
          '{"fn":"echo_record","args":{"record":{"__proto__":{"polluted":true},"kept":1}}}',
        )
        // Refusing the name is as good as keeping it.
        if (answer.status !== 200) answer.isError(422, 'VALIDATION_FAILED')
        const polluted = await talk.call('is_polluted')
        polluted.is({ result: false })
      },
    },
  ],
]
