import { expect, test } from 'vitest'
import { isSecretName } from './secret-names.ts'

test.each([
  'password',
  'newPassword',
  'access_token',
  'X-Api-Key',
  'clientSecret',
  'card_pin',
  'OTP',
])('%s names a secret', (name) => {
  expect(isSecretName(name)).toBe(true)
})

test.each(['name', 'spinning', 'passenger', 'desktop', 'keyword', ''])('%s names none', (name) => {
  expect(isSecretName(name)).toBe(false)
})
