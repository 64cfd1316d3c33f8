/** Who has signed up; in memory, as the example is about pages. */

import { defineToken, type Token } from '@mizan/server'

export interface GuestList {
  /** What is told on the page; a text of its own for tests. */
  readonly claim: string
  readonly count: number
  /** @returns false when the address was there before */
  add(email: string): boolean
}

export const Guests: Token<GuestList> = defineToken<GuestList>('Guests')

export function createGuestList(claim = 'Say it once, and every view follows.'): GuestList {
  const emails = new Set<string>()
  return {
    claim,
    get count() {
      return emails.size
    },
    add(email) {
      const key = email.toLowerCase()
      const isNew = !emails.has(key)
      emails.add(key)
      return isNew
    },
  }
}
