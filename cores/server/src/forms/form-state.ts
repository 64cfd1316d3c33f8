/** What was wrong with a form, on its way back to the page: in a cookie that only this app can read. */

import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { ValidationIssue } from '@mizan/protocol'
import { toFieldPath } from './field-tree.ts'

/** A form that came back. */
export interface FormState {
  /** Wire name of the function. */
  readonly fn: string
  /** Code of the error: `VALIDATION_FAILED`, `OUT_OF_STOCK`. */
  readonly code: string
  readonly message: string
  readonly issues: readonly ValidationIssue[]
  /** What was typed into a field; empty when nothing was. Passwords and files never come back. */
  value(name: string): string
  /** The same for a name that stands there more than once. */
  values(name: string): readonly string[]
  /** What is wrong with a field. */
  error(name: string): string | undefined
  /** All of it as data: for a page that is rendered elsewhere, and for `useForm(form, { returned })`. */
  toJSON(): Omit<FormFacts, 'page'>
}

/** The facts of a {@link FormState}, and where they belong. */
export interface FormFacts {
  readonly fn: string
  readonly code: string
  readonly message: string
  readonly issues: readonly ValidationIssue[]
  /** Path of the page. */
  readonly page: string
  readonly values: readonly (readonly [name: string, text: string])[]
}

/** Browsers keep 4 kB a cookie, name and attributes included. */
const maximumBytes = 2_600

/** Encrypts and reads form states. */
export interface FormStates {
  seal(facts: FormFacts): string
  /** `undefined` for what this app has not sealed. */
  open(sealed: string): FormFacts | undefined
}

/** @param secret the same on every process; without one, states are of this process only */
export function createFormStates(secret: string | undefined): FormStates {
  const source = secret ?? randomBytes(32).toString('hex')
  const key = Buffer.from(hkdfSync('sha256', source, '', 'mizan form state', 32))
  return {
    seal(facts) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const text = fitting(facts)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < 29) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), {
          authTagLength: 16,
        })
        decipher.setAuthTag(bytes.subarray(12, 28))
        const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
        // cast: what opens with our key is what seal() made
        return JSON.parse(text.toString('utf8')) as FormFacts
      } catch {
        return undefined
      }
    },
  }
}

/** The longest values give way first, then the last issues: the page needs the messages more. */
function fitting(facts: FormFacts): string {
  const fits = (text: string): boolean => Buffer.byteLength(text) <= maximumBytes
  const message = facts.message.slice(0, 300)
  let values = [...facts.values].sort(([, a], [, b]) => a.length - b.length)
  let issues = facts.issues.slice(0, 20)
  let text = JSON.stringify({ ...facts, message, issues, values })
  while (!fits(text) && values.length + issues.length > 0) {
    if (values.length > 0) values = values.slice(0, -1)
    else issues = issues.slice(0, -1)
    text = JSON.stringify({ ...facts, message, issues, values })
  }
  return text
}

/** The state as a page reads it. */
export function toFormState({ fn, code, message, issues, values }: FormFacts): FormState {
  const texts = (name: string): string[] =>
    values.flatMap(([key, text]) => (key === name ? [text] : []))
  return Object.freeze({
    fn,
    code,
    message,
    issues,
    value: (name: string) => texts(name).at(-1) ?? '',
    values: texts,
    error: (name: string) =>
      issues.find(({ path }) => path === toFieldPath(name).join('.'))?.message,
    toJSON: () => ({ fn, code, message, issues, values }),
  })
}
